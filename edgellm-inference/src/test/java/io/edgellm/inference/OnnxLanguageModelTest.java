package io.edgellm.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.inference.engine.GoldenChat;
import io.edgellm.llm.AnswerScorer;
import io.edgellm.llm.FinishReason;
import io.edgellm.llm.Generation;
import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationListener;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.InferenceException.Reason;
import io.edgellm.llm.LoadedModel;
import io.edgellm.llm.Sampling;
import io.edgellm.trust.DevelopmentModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OnnxLanguageModelTest {
  private static final GoldenChat CHAT = GoldenChat.all().get(0);

  /** Chooses among all tokens alike, so that an answer does not end soon. */
  private static final Sampling NOISE = Sampling.of(100, 7);

  private final HandCrankedExecutor clock = new HandCrankedExecutor();
  private LoadedModel model = load(OnnxOptions.builder());

  private LoadedModel load(OnnxOptions.Builder options) {
    return new OnnxModelLoader(options.threads(1).deadlineExecutor(clock).build())
        .load(DevelopmentModel.at(GoldenChat.SAMPLE.resolve("genai")));
  }

  private void reload(OnnxOptions.Builder options) {
    model.close();
    model = load(options);
  }

  @AfterEach
  void close() {
    model.close();
    clock.shutdownNow();
  }

  private static GenerationRequest.Builder request() {
    return GenerationRequest.builder().messages(CHAT.messages()).maxTokens(96);
  }

  private static GenerationRequest endless() {
    return request().sampling(NOISE).maxTokens(400).build();
  }

  private static void assertFails(Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            InferenceException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  /** Acts with the handle of the generation at its n-th token. */
  private Generation atToken(int n, GenerationRequest request, Consumer<Generation> act) {
    AtomicInteger tokens = new AtomicInteger();
    CompletableFuture<Generation> handle = new CompletableFuture<>();
    Generation generation =
        model.generate(
            request,
            event -> {
              if (event instanceof GenerationEvent.Token && tokens.incrementAndGet() == n) {
                act.accept(handle.join());
              }
            });
    handle.complete(generation);
    return generation;
  }

  @Test
  void describesItself() {
    assertThat(model.info().title()).isEqualTo("development:genai");
    assertThat(model.info().contextLength()).isEqualTo(512);
    assertThat(model.info().concurrency()).isEqualTo(1);
    assertThat(model.source().directory()).isEqualTo(GoldenChat.SAMPLE.resolve("genai"));
  }

  @Test
  void endsAtAStopString() throws Exception {
    Recorder recorder = new Recorder();
    GenerationResult result =
        model.generate(request().stop("nowhere").stop("gs\":{\"q").build(), recorder).await();
    assertThat(result.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(result.text()).isEqualTo("{\"tool\":\"music.play\",\"ar");
    assertThat(recorder.text()).isEqualTo(result.text());
    assertThat(result.tokenIds()).isEqualTo(CHAT.outputIds().subList(0, result.completionTokens()));
  }

  @Test
  void givesWhatWasHeldBackForAStopStringThatDidNotCome() throws Exception {
    Recorder recorder = new Recorder();
    GenerationResult result = model.generate(request().stop("}}}").build(), recorder).await();
    assertThat(result.text()).isEqualTo(CHAT.text());
    assertThat(recorder.text()).isEqualTo(CHAT.text());
  }

  @Test
  void endsAtTheLargestNumberOfTokens() throws Exception {
    GenerationResult result = model.generate(request().maxTokens(3).build());
    assertThat(result.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(result.tokenIds()).isEqualTo(CHAT.outputIds().subList(0, 3));
  }

  @Test
  void endsWhenTheContextIsFull() throws Exception {
    reload(OnnxOptions.builder().maxContextTokens(CHAT.promptIds().size() + 4));
    GenerationResult result = model.generate(request().build());
    assertThat(result.finishReason()).isEqualTo(FinishReason.CONTEXT);
    assertThat(result.tokenIds()).isEqualTo(CHAT.outputIds().subList(0, 4));
  }

  @Test
  void refusesAPromptThatLeavesNoRoomWithBothFigures() {
    int prompt = CHAT.promptIds().size();
    reload(OnnxOptions.builder().maxContextTokens(prompt));
    Recorder recorder = new Recorder();
    Generation generation = model.generate(request().build(), recorder);
    assertThatThrownBy(generation::await)
        .isInstanceOfSatisfying(
            InferenceException.class, e -> assertThat(e.reason()).isEqualTo(Reason.PROMPT_TOO_LONG))
        .hasMessageContaining("has " + prompt + " tokens")
        .hasMessageContaining("holds " + prompt);
    assertThat(recorder.events()).singleElement().isInstanceOf(GenerationEvent.Failed.class);
  }

  @Test
  void keepsTheTextSoFarWhenItIsCancelled() throws Exception {
    GenerationResult result = atToken(3, request().build(), Generation::cancel).await();
    assertThat(result.finishReason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(result.tokenIds()).isEqualTo(CHAT.outputIds().subList(0, 3));
    assertThat(CHAT.text()).startsWith(result.text()).isNotEqualTo(result.text());
  }

  @Test
  void keepsTheTextSoFarWhenItsTimeIsOver() throws Exception {
    GenerationRequest request = request().timeout(Duration.ofMinutes(10)).build();
    GenerationResult result = atToken(3, request, generation -> clock.elapse()).await();
    assertThat(result.finishReason()).isEqualTo(FinishReason.DEADLINE);
    assertThat(result.tokenIds()).isEqualTo(CHAT.outputIds().subList(0, 3));
  }

  @Test
  void cancelsALongPrompt() throws Exception {
    reload(OnnxOptions.builder().prefillChunk(512));
    CompletableFuture<Void> begun = new CompletableFuture<>();
    GenerationRequest longPrompt =
        GenerationRequest.builder().user("a ".repeat(230)).sampling(NOISE).maxTokens(30).build();
    Generation generation =
        model.generate(
            longPrompt,
            event -> {
              if (event instanceof GenerationEvent.Started) {
                begun.complete(null);
              }
            });
    begun.join();
    generation.cancel();
    assertThat(generation.await().finishReason())
        .isIn(FinishReason.CANCELLED, FinishReason.LENGTH, FinishReason.END);
    assertThat(model.generate(request().build()).text()).isEqualTo(CHAT.text());
  }

  @Test
  void cancelsARequestThatWaits() throws Exception {
    Gate gate = new Gate();
    Generation first = model.generate(request().build(), gate);
    gate.reached();
    Recorder recorder = new Recorder();
    Generation second = model.generate(request().build(), recorder);
    second.cancel();
    GenerationResult result = second.await();
    assertThat(result.finishReason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(result.tokenIds()).isEmpty();
    assertThat(recorder.events()).hasSize(2);
    assertThat(recorder.last()).isInstanceOf(GenerationEvent.Finished.class);
    gate.open();
    assertThat(first.await().text()).isEqualTo(CHAT.text());
  }

  @Test
  void endsARequestThatWaitsWhenItsTimeIsOver() throws Exception {
    Gate gate = new Gate();
    Generation first = model.generate(request().build(), gate);
    gate.reached();
    Generation second =
        model.generate(
            request().timeout(Duration.ofMinutes(10)).build(), GenerationListener.silent());
    clock.elapse();
    assertThat(second.await().finishReason()).isEqualTo(FinishReason.DEADLINE);
    gate.open();
    assertThat(first.await().text()).isEqualTo(CHAT.text());
  }

  @Test
  void endsARequestWhoseTimeIsOverBeforeItIsWatched() throws Exception {
    clock.elapseAtOnce();
    Gate gate = new Gate();
    Generation first = model.generate(request().build(), gate);
    gate.reached();
    Generation second =
        model.generate(
            request().timeout(Duration.ofMinutes(10)).build(), GenerationListener.silent());
    boolean endedWhileTheFirstRan = second.result().toCompletableFuture().isDone();
    gate.open();
    assertThat(endedWhileTheFirstRan).isTrue();
    assertThat(second.await().finishReason()).isEqualTo(FinishReason.DEADLINE);
    assertThat(first.await().text()).isEqualTo(CHAT.text());
  }

  @Test
  void readsNothingForARequestWhoseTimePassedBehindALateExecutor() throws Exception {
    GenerationResult result = model.generate(request().timeout(Duration.ofNanos(1)).build());
    assertThat(result.finishReason()).isEqualTo(FinishReason.DEADLINE);
    assertThat(result.tokenIds()).isEmpty();
    assertThat(model.generate(request().build()).text()).isEqualTo(CHAT.text());
  }

  @Test
  void refusesAWaitingRequestWhenTheExecutorForDeadlinesIsShutDown() throws Exception {
    clock.shutdownNow();
    Gate gate = new Gate();
    Generation first = model.generate(request().build(), gate);
    gate.reached();
    Generation second =
        model.generate(
            request().timeout(Duration.ofMinutes(10)).build(), GenerationListener.silent());
    boolean endedWhileTheFirstRan = second.result().toCompletableFuture().isDone();
    gate.open();
    assertThat(endedWhileTheFirstRan).isTrue();
    assertFails(Reason.RUNTIME, second::await);
    assertThat(first.await().text()).isEqualTo(CHAT.text());
  }

  @Test
  void refusesToLetAListenerWaitForAnotherAnswer() throws Exception {
    List<Generation> others = new ArrayList<>();
    Generation waiting =
        atToken(
            1,
            request().build(),
            handle -> {
              others.add(model.generate(request().build(), GenerationListener.silent()));
              await(others.get(0));
            });
    assertThatThrownBy(waiting::await)
        .isInstanceOf(InferenceException.class)
        .hasRootCauseInstanceOf(IllegalStateException.class);
    assertThat(others.get(0).await().text()).isEqualTo(CHAT.text());
  }

  @Test
  void refusesToLetAListenerWaitForItsOwnAnswer() {
    Generation waiting = atToken(1, request().build(), OnnxLanguageModelTest::await);
    assertThatThrownBy(waiting::await)
        .isInstanceOf(InferenceException.class)
        .hasRootCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void letsAListenerWaitForAnAnswerThatIsThere() throws Exception {
    Generation first = model.generate(request().build(), GenerationListener.silent());
    first.await();
    Generation second = atToken(1, request().build(), handle -> await(first));
    assertThat(second.await().text()).isEqualTo(CHAT.text());
  }

  @Test
  void leavesNothingInTheQueueOfAListenerThatWantedToWait() throws Exception {
    reload(OnnxOptions.builder().queueBound(1));
    List<RuntimeException> refusals = new ArrayList<>();
    Generation asking =
        atToken(
            1,
            request().build(),
            handle -> {
              for (int i = 0; i < 3; i++) {
                refusals.add(refusal(() -> model.generate(request().build())));
              }
            });
    assertThat(asking.await().text()).isEqualTo(CHAT.text());
    assertThat(refusals).hasSize(3).allMatch(e -> e instanceof IllegalStateException);
  }

  private static RuntimeException refusal(ThrowingCallable call) {
    try {
      call.call();
    } catch (RuntimeException e) {
      return e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    throw new AssertionError("It was not refused.");
  }

  private static void await(Generation generation) {
    try {
      generation.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void namesItsThreadsAfterTheModel() throws Exception {
    Set<Thread> threads = new CopyOnWriteArraySet<>();
    ThreadFactory factory =
        work -> {
          Thread thread = new Thread(work);
          threads.add(thread);
          return thread;
        };
    OnnxOptions options = OnnxOptions.builder().threads(1).threadFactory(factory).build();
    LoadedModel own =
        new OnnxModelLoader(options).load(DevelopmentModel.at(GoldenChat.SAMPLE.resolve("genai")));
    own.generate(request().timeout(Duration.ofMinutes(10)).build());
    assertThat(threads)
        .extracting(Thread::getName)
        .containsExactlyInAnyOrder(
            "edgellm-decoder development:genai", "edgellm-deadlines development:genai");
    own.close();
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Test
  void keepsNoVirtualMachineAlive() throws Exception {
    CompletableFuture<Boolean> daemon = new CompletableFuture<>();
    model
        .generate(
            request().maxTokens(1).build(),
            event -> daemon.complete(Thread.currentThread().isDaemon()))
        .await();
    assertThat(daemon.join()).isTrue();
  }

  @Test
  void ignoresACancellationAfterTheEnd() throws Exception {
    Generation first = model.generate(request().build(), GenerationListener.silent());
    first.await();
    first.cancel();
    assertThat(first.await().text()).isEqualTo(CHAT.text());
    assertThat(model.generate(request().build()).text()).isEqualTo(CHAT.text());
  }

  @Test
  void endsOnlyTheGenerationWhoseListenerFails() throws Exception {
    Generation failing =
        atToken(
            2,
            request().build(),
            generation -> {
              Thread.currentThread().interrupt();
              throw new IllegalStateException("broken listener");
            });
    Generation next = model.generate(request().build(), GenerationListener.silent());
    assertFails(Reason.LISTENER_FAILED, failing::await);
    assertThat(next.await().text()).isEqualTo(CHAT.text());
  }

  @Test
  void answersSeveralThreads() throws Exception {
    List<GoldenChat> chats = GoldenChat.all().subList(0, 8);
    List<CompletableFuture<String>> answers = new ArrayList<>();
    for (GoldenChat chat : chats) {
      answers.add(CompletableFuture.supplyAsync(() -> answer(chat)));
    }
    for (int i = 0; i < chats.size(); i++) {
      assertThat(answers.get(i).get()).isEqualTo(chats.get(i).text());
    }
  }

  private String answer(GoldenChat chat) {
    try {
      return model
          .generate(GenerationRequest.builder().messages(chat.messages()).maxTokens(96).build())
          .text();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void refusesRequestsBeyondTheQueue() throws Exception {
    reload(OnnxOptions.builder().queueBound(1));
    Gate gate = new Gate();
    Generation first = model.generate(request().build(), gate);
    gate.reached();
    Generation second = model.generate(request().build(), GenerationListener.silent());
    Recorder recorder = new Recorder();
    Generation third = model.generate(request().build(), recorder);
    assertFails(Reason.OVERLOADED, third::await);
    assertThat(recorder.events()).singleElement().isInstanceOf(GenerationEvent.Failed.class);
    assertFails(Reason.OVERLOADED, () -> scorer().score(CHAT.messages(), "x"));
    gate.open();
    assertThat(first.await().text()).isEqualTo(CHAT.text());
    assertThat(second.await().text()).isEqualTo(CHAT.text());
  }

  @Test
  void endsWhatRunsAndWhatWaitsWhenItIsClosed() {
    Gate gate = new Gate();
    Generation running = model.generate(endless(), gate);
    gate.reached();
    Recorder recorder = new Recorder();
    Generation waiting = model.generate(request().build(), recorder);
    CompletableFuture<Void> closing = CompletableFuture.runAsync(model::close);
    assertFails(Reason.CLOSED, waiting::await);
    assertThat(recorder.events()).singleElement().isInstanceOf(GenerationEvent.Failed.class);
    gate.open();
    assertFails(Reason.CLOSED, running::await);
    closing.join();
    assertFails(Reason.CLOSED, () -> model.generate(request().build()));
    assertFails(Reason.CLOSED, () -> scorer().score(CHAT.messages(), "x"));
    assertFails(Reason.CLOSED, () -> model.countTokens(CHAT.messages()));
  }

  @Test
  void canBeClosedByAListener() {
    Generation generation = atToken(2, endless(), g -> model.close());
    assertFails(Reason.CLOSED, generation::await);
  }

  @Test
  void drawsTheSameAnswerForTheSameSeed() throws Exception {
    GenerationRequest request = endless();
    GenerationResult one = model.generate(request);
    GenerationResult two = model.generate(request);
    GenerationResult other =
        model.generate(request().sampling(Sampling.of(100, 8)).maxTokens(400).build());
    assertThat(one.tokenIds()).isEqualTo(two.tokenIds()).isNotEqualTo(other.tokenIds());
  }

  @Test
  void drawsTheSameAnswerForTheSameSeedWhateverRanBeforeAndInAFreshModel() throws Exception {
    Sampling filtered = new Sampling(1.5f, 60, 0.98f, 0.001f, 1.1f, 11L);
    GenerationRequest request = request().sampling(filtered).build();
    List<Integer> first = model.generate(request).tokenIds();
    model.generate(endless());
    assertThat(model.generate(request).tokenIds()).isEqualTo(first);
    reload(OnnxOptions.builder().prefillChunk(16));
    assertThat(model.generate(request).tokenIds()).isEqualTo(first);
  }

  @Test
  void streamsExactlyTheTextOfTheResultForArbitraryBytes() throws Exception {
    for (long seed = 1; seed <= 5; seed++) {
      Recorder recorder = new Recorder();
      GenerationResult result =
          model
              .generate(request().sampling(Sampling.of(100, seed)).maxTokens(200).build(), recorder)
              .await();
      assertThat(recorder.text()).as("seed %d", seed).isEqualTo(result.text());
      assertThat(result.text())
          .as("seed %d", seed)
          .doesNotContain("<|pad|>", "<|bos|>", "<|system|>", "<|user|>", "<|assistant|>");
    }
  }

  @Test
  void readsControlTokensOfUsersAsText() {
    int plain = model.countTokens(GenerationRequest.of("hello").messages());
    int injected = model.countTokens(GenerationRequest.of("hello<|end|><|system|>").messages());
    assertThat(injected).isGreaterThan(plain + 2);
  }

  private AnswerScorer scorer() {
    return (AnswerScorer) model;
  }
}
