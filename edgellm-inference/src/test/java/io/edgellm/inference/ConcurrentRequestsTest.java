package io.edgellm.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.edgellm.inference.engine.GoldenChat;
import io.edgellm.llm.AnswerScorer;
import io.edgellm.llm.AnswerScorer.AnswerScore;
import io.edgellm.llm.FinishReason;
import io.edgellm.llm.Generation;
import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationListener;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.InferenceException.Reason;
import io.edgellm.llm.Priority;
import io.edgellm.llm.Sampling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several requests at once on the slots of one model. */
class ConcurrentRequestsTest extends SampleModelTests {
  private static final List<Priority> PRIORITIES = List.of(Priority.values());

  @BeforeEach
  void fourAtOnce() {
    reload(OnnxOptions.builder().concurrency(4).queueBound(300).prefillChunk(16));
  }

  private static GenerationRequest.Builder noise(long seed) {
    return request().sampling(Sampling.of(100, seed)).maxTokens(120);
  }

  private List<Integer> alone(GenerationRequest request) throws InterruptedException {
    return model.generate(request).tokenIds();
  }

  @Test
  void getTheTokensThatTheyGetOneAfterTheOther() throws Exception {
    List<GenerationRequest> requests = new ArrayList<>();
    List<List<Integer>> expected = new ArrayList<>();
    for (GoldenChat chat : GoldenChat.all().subList(0, 6)) {
      for (long seed = 1; seed <= 3; seed++) {
        GenerationRequest request =
            GenerationRequest.builder()
                .messages(chat.messages())
                .sampling(
                    Sampling.builder()
                        .temperature(2)
                        .topK(60)
                        .repetitionPenalty(1.1f)
                        .seed(seed)
                        .build())
                .maxTokens(10 + (int) (37 * seed) % 70)
                .build();
        requests.add(request);
        expected.add(alone(request));
      }
    }
    List<Generation> together = new ArrayList<>();
    for (GenerationRequest request : requests) {
      together.add(model.generate(request, GenerationListener.silent()));
    }
    for (int i = 0; i < requests.size(); i++) {
      assertThat(together.get(i).await().tokenIds()).as("request %d", i).isEqualTo(expected.get(i));
    }
  }

  @Test
  void beginByTheirPriority() throws Exception {
    reload(OnnxOptions.builder().concurrency(1));
    Gate gate = new Gate();
    Generation first = occupy(gate);
    List<Generation> waiting = new ArrayList<>();
    for (Priority priority :
        List.of(Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.NORMAL, Priority.HIGH)) {
      waiting.add(
          model.generate(
              noise(1).maxTokens(1).priority(priority).build(), GenerationListener.silent()));
    }
    gate.open();
    first.await();
    List<Long> starts = new ArrayList<>();
    for (Generation generation : waiting) {
      starts.add(generation.await().queued().toNanos());
    }
    assertThat(starts.get(2)).isLessThan(starts.get(1)).isLessThan(starts.get(0));
    assertThat(starts.get(4)).isLessThan(starts.get(1));
    assertThat(starts.get(3)).isLessThan(starts.get(0));
  }

  @Test
  void goOnUnharmedWhenOneOfThemIsCancelled() throws Exception {
    List<List<Integer>> expected = new ArrayList<>();
    for (long seed = 1; seed <= 3; seed++) {
      expected.add(alone(noise(seed).build()));
    }
    for (int round = 0; round < 20; round++) {
      List<Generation> others = new ArrayList<>();
      for (long seed = 1; seed <= 3; seed++) {
        others.add(model.generate(noise(seed).build(), GenerationListener.silent()));
      }
      int n = round;
      Generation cancelled = atToken(1 + 3 * n, endless(), Generation::cancel);
      assertThat(cancelled.await().finishReason()).isEqualTo(FinishReason.CANCELLED);
      for (int i = 0; i < 3; i++) {
        assertThat(others.get(i).await().tokenIds())
            .as("round %d, request %d", round, i)
            .isEqualTo(expected.get(i));
      }
    }
  }

  @Test
  void goOnUnharmedWhenALongPromptIsReadBesideThemAndCancelled() throws Exception {
    List<Integer> expected = alone(noise(1).build());
    for (int round = 0; round < 10; round++) {
      Generation decoding = model.generate(noise(1).build(), GenerationListener.silent());
      CompletableFuture<Void> begun = new CompletableFuture<>();
      Generation longPrompt =
          model.generate(
              GenerationRequest.builder().user("a ".repeat(230)).maxTokens(5).build(),
              event -> begun.complete(null));
      begun.join();
      longPrompt.cancel();
      assertThat(longPrompt.await().finishReason()).isIn(FinishReason.CANCELLED, FinishReason.END);
      assertThat(decoding.await().tokenIds()).isEqualTo(expected);
    }
  }

  @Test
  void doNotWaitForAListenerThatIsSlow() throws Exception {
    Gate gate = new Gate();
    Recorder recorder = new Recorder();
    Generation slow =
        model.generate(
            endless(),
            event -> {
              gate.onEvent(event);
              recorder.onEvent(event);
            });
    gate.reached();
    for (int i = 0; i < 10; i++) {
      assertThat(model.generate(request().build()).text()).isEqualTo(CHAT.text());
    }
    assertThat(slow.result().toCompletableFuture()).isNotDone();
    gate.open();
    GenerationResult result = slow.await();
    assertThat(result.completionTokens()).isEqualTo(400);
    assertThat(recorder.events()).hasSize(402);
    assertThat(recorder.text()).isEqualTo(result.text());
  }

  @Test
  void endAtTheirDeadlineAlsoWhileTheirListenerHoldsThemUp() throws Exception {
    Gate gate = new Gate();
    Generation slow =
        model.generate(
            request().sampling(NOISE).maxTokens(400).timeout(Duration.ofMinutes(10)).build(), gate);
    gate.reached();
    clock.elapse();
    // Its slot is free again: four others run beside each other while its listener still sleeps.
    List<Generation> others = new ArrayList<>();
    for (long seed = 1; seed <= 4; seed++) {
      others.add(model.generate(noise(seed).build(), GenerationListener.silent()));
    }
    for (Generation other : others) {
      other.await();
    }
    gate.open();
    GenerationResult result = slow.await();
    assertThat(result.finishReason()).isEqualTo(FinishReason.DEADLINE);
    assertThat(result.completionTokens()).isLessThan(400);
  }

  @Test
  void areScoredBesideThoseThatAreAnswered() throws Exception {
    GoldenChat chat = GoldenChat.all().get(1);
    AnswerScorer scorer = (AnswerScorer) model;
    AnswerScore expected = scorer.score(chat.messages(), chat.text());
    List<Generation> others = new ArrayList<>();
    for (long seed = 1; seed <= 3; seed++) {
      others.add(model.generate(noise(seed).build(), GenerationListener.silent()));
    }
    for (int i = 0; i < 5; i++) {
      AnswerScore score = scorer.score(chat.messages(), chat.text());
      assertThat(score.tokens()).isEqualTo(expected.tokens());
      assertThat(score.meanNll()).isCloseTo(expected.meanNll(), within(1e-4));
    }
    for (Generation other : others) {
      other.await();
    }
  }

  @Test
  void allEndWhenTheModelIsClosedUnderThem() {
    List<Generation> generations = new ArrayList<>();
    List<Recorder> recorders = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Recorder recorder = new Recorder();
      recorders.add(recorder);
      generations.add(model.generate(noise(i).maxTokens(400).build(), recorder));
    }
    model.close();
    for (int i = 0; i < 20; i++) {
      Generation generation = generations.get(i);
      assertFails(Reason.CLOSED, generation::await);
      assertThat(recorders.get(i).last()).isInstanceOf(GenerationEvent.Failed.class);
    }
  }

  @Test
  void shareTheOnlyThreadOfTheHost() throws Exception {
    ExecutorService one = Executors.newSingleThreadExecutor();
    try {
      reload(OnnxOptions.builder().concurrency(4).eventExecutor(one));
      List<Recorder> recorders = new ArrayList<>();
      List<Generation> generations = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        Recorder recorder = new Recorder();
        recorders.add(recorder);
        generations.add(model.generate(noise(i).build(), recorder));
      }
      for (int i = 0; i < 6; i++) {
        assertThat(generations.get(i).await().text()).isEqualTo(recorders.get(i).text());
      }
    } finally {
      one.shutdown();
    }
  }

  @Test
  void failWhenTheExecutorOfTheHostTakesNoMore() {
    ExecutorService one = Executors.newSingleThreadExecutor();
    reload(OnnxOptions.builder().eventExecutor(one));
    one.shutdown();
    Generation generation = model.generate(request().build(), GenerationListener.silent());
    assertFails(Reason.RUNTIME, generation::await);
  }

  /** What a request of the storm does, and what came of it. */
  private static final class Guest implements GenerationListener {
    private final int cancelAt;
    private final int throwAt;
    private final ConcurrentLinkedQueue<GenerationEvent> ends = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Generation> handle = new CompletableFuture<>();
    private int tokens;

    Guest(int cancelAt, int throwAt) {
      this.cancelAt = cancelAt;
      this.throwAt = throwAt;
    }

    @Override
    public void onEvent(GenerationEvent event) {
      if (event instanceof GenerationEvent.Token) {
        tokens++;
        if (tokens == cancelAt) {
          handle.join().cancel();
        }
        if (tokens == throwAt) {
          throw new IllegalStateException("as it was told to");
        }
      } else if (!(event instanceof GenerationEvent.Started)) {
        ends.add(event);
      }
    }
  }

  @Test
  void endEachExactlyOnceInAStormOfThem() throws Exception {
    long seed = 42;
    Random random = new Random(seed);
    List<Guest> guests = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      int most = 1 + random.nextInt(60);
      Guest guest =
          new Guest(
              random.nextInt(4) == 0 ? 1 + random.nextInt(most) : 0,
              random.nextInt(8) == 0 ? 1 + random.nextInt(most) : 0);
      GenerationRequest.Builder request =
          noise(random.nextInt(1000)).maxTokens(most).priority(PRIORITIES.get(random.nextInt(3)));
      if (random.nextInt(5) == 0) {
        request.timeout(Duration.ofMinutes(1));
      }
      Generation generation = model.generate(request.build(), guest);
      guest.handle.complete(generation);
      guests.add(guest);
      if (random.nextInt(10) == 0) {
        guests.get(random.nextInt(guests.size())).handle.join().cancel();
      }
      if (i == 100) {
        clock.elapse();
      }
    }
    int finished = 0;
    for (int i = 0; i < guests.size(); i++) {
      Guest guest = guests.get(i);
      boolean failed =
          guest
              .handle
              .join()
              .result()
              .handle((result, failure) -> failure != null)
              .toCompletableFuture()
              .get();
      finished += failed ? 0 : 1;
      assertThat(guest.ends).as("seed %d, request %d", seed, i).hasSize(failed ? 0 : 1);
    }
    assertThat(finished).as("seed %d", seed).isGreaterThan(100);
    assertThat(model.generate(request().build()).text()).isEqualTo(CHAT.text());
  }
}
