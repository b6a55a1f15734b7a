package io.edgellm.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.inference.engine.GoldenChat;
import io.edgellm.inference.memory.MemoryBudget;
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
import io.edgellm.trust.DevelopmentModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two models and a budget for one. */
class BudgetedModelTest {
  private static final GoldenChat CHAT = GoldenChat.all().get(0);
  private static final DevelopmentModel MODEL =
      DevelopmentModel.at(GoldenChat.SAMPLE.resolve("genai"));

  @TempDir Path cache;
  private long need;
  private MemoryBudget budget = MemoryBudget.unlimited();
  private OnnxModelLoader loader = loader();

  private OnnxModelLoader loader() {
    OnnxOptions.Builder options = OnnxOptions.builder().threads(1).memoryBudget(budget);
    if (cache != null) {
      options.cacheDirectory(cache);
    }
    return new OnnxModelLoader(options.build());
  }

  @BeforeEach
  void hasRoomForOne() {
    need = loader.explain(MODEL).memory().totalBytes();
    budget = MemoryBudget.ofBytes(need + need / 2);
    loader = loader();
  }

  private static GenerationRequest request() {
    return GenerationRequest.builder().messages(CHAT.messages()).build();
  }

  private static void assertAnswers(LoadedModel model) throws InterruptedException {
    assertThat(model.generate(request()).text()).isEqualTo(CHAT.text());
  }

  @Test
  void takesTheMemoryOfAModelThatIsIdleAndGivesItBackWhenThatIsAsked() throws Exception {
    try (LoadedModel first = loader.load(MODEL);
        LoadedModel second = loader.load(MODEL)) {
      assertThat(budget.usedBytes()).isEqualTo(need);
      for (int turn = 0; turn < 3; turn++) {
        assertAnswers(first);
        assertAnswers(second);
        assertThat(budget.usedBytes()).isEqualTo(need);
      }
      assertThat(first.countTokens(CHAT.messages())).isEqualTo(CHAT.prompt().length);
      assertThat(((AnswerScorer) second).score(CHAT.messages(), CHAT.text()).tokens()).isPositive();
    }
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void refusesWhileTheOtherOneWorks() throws Exception {
    CountDownLatch working = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (LoadedModel first = loader.load(MODEL)) {
      Generation busy =
          first.generate(
              request(),
              event -> {
                if (event instanceof GenerationEvent.Token) {
                  working.countDown();
                  awaitUninterruptibly(goOn);
                }
              });
      working.await();
      assertThatThrownBy(() -> loader.load(MODEL))
          .isInstanceOfSatisfying(
              InferenceException.class, e -> assertThat(e.reason()).isEqualTo(Reason.OUT_OF_BUDGET))
          .hasMessageContaining("no idle model");
      goOn.countDown();
      busy.await();
    }
    try (LoadedModel alone = loader.load(MODEL)) {
      assertAnswers(alone);
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void waitsForRoomAsInAQueueUntilItIsCancelledOrItsTimeIsOver() throws Exception {
    CountDownLatch working = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (LoadedModel first = loader.load(MODEL);
        LoadedModel second = loader.load(MODEL)) {
      Generation busy =
          second.generate(
              request(),
              event -> {
                if (event instanceof GenerationEvent.Token) {
                  working.countDown();
                  awaitUninterruptibly(goOn);
                }
              });
      working.await();
      Generation waiting = first.generate(request(), GenerationListener.silent());
      List<GenerationEvent> heard = new ArrayList<>();
      Generation cancelled = first.generate(request(), heard::add);
      Generation late =
          first.generate(
              GenerationRequest.builder()
                  .messages(CHAT.messages())
                  .timeout(Duration.ofMillis(1))
                  .build(),
              GenerationListener.silent());
      cancelled.cancel();
      assertThat(cancelled.await().finishReason()).isEqualTo(FinishReason.CANCELLED);
      assertThat(heard).hasSize(2);
      assertThat(late.await().finishReason()).isEqualTo(FinishReason.DEADLINE);
      goOn.countDown();
      assertThat(busy.await().text()).isEqualTo(CHAT.text());
      assertThat(waiting.await().text()).isEqualTo(CHAT.text());
    }
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void goesOnAfterARequestThatCannotBegin() throws Exception {
    try (LoadedModel first = loader.load(MODEL);
        LoadedModel second = loader.load(MODEL)) {
      Generation tooLong =
          first.generate(
              GenerationRequest.of("word ".repeat(200_000)), GenerationListener.silent());
      Generation next = first.generate(request(), GenerationListener.silent());
      assertThatThrownBy(tooLong::await)
          .isInstanceOfSatisfying(
              InferenceException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.PROMPT_TOO_LONG));
      assertThat(next.await().text()).isEqualTo(CHAT.text());
      assertAnswers(second);
    }
  }

  @Test
  void runsAllRequestsThatCameWhileItWasLoaded() throws Exception {
    try (LoadedModel first = loader.load(MODEL);
        LoadedModel second = loader.load(MODEL)) {
      assertAnswers(second);
      List<Generation> generations = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        generations.add(first.generate(request(), GenerationListener.silent()));
      }
      generations.get(5).cancel();
      for (int i = 0; i < 5; i++) {
        assertThat(generations.get(i).await().text()).isEqualTo(CHAT.text());
      }
      GenerationResult cancelled = generations.get(5).await();
      assertThat(cancelled.finishReason()).isEqualTo(FinishReason.CANCELLED);
    }
  }

  @Test
  void endsWhatWaitsWhenItIsClosed() throws Exception {
    try (LoadedModel second = loader.load(MODEL)) {
      LoadedModel first = loader.load(MODEL);
      assertAnswers(second);
      Generation waiting = first.generate(request(), GenerationListener.silent());
      first.close();
      assertThatThrownBy(waiting::await)
          .isInstanceOfSatisfying(
              InferenceException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CLOSED));
      assertThatThrownBy(() -> first.generate(request()))
          .isInstanceOfSatisfying(
              InferenceException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CLOSED));
      assertThatThrownBy(() -> first.countTokens(CHAT.messages()))
          .isInstanceOf(InferenceException.class);
      assertAnswers(second);
    }
    assertThat(budget.usedBytes()).isZero();
  }
}
