package io.edgellm.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.llm.FinishReason;
import io.edgellm.llm.Generation;
import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationListener;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.InferenceException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** How requests end before their answer does: cancelled, out of time, or refused to a listener. */
class RequestEndTest extends SampleModelTests {
  /** Calls listeners on the model's own thread, so that not a token more comes meanwhile. */
  private void listenInStep() {
    reload(OnnxOptions.builder().eventExecutor(Runnable::run));
  }

  @Test
  void keepsTheTextSoFarWhenItIsCancelled() throws Exception {
    listenInStep();
    GenerationResult result = atToken(3, request().build(), Generation::cancel).await();
    assertThat(result.finishReason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(result.tokenIds()).isEqualTo(CHAT.outputIds().subList(0, 3));
    assertThat(CHAT.text()).startsWith(result.text()).isNotEqualTo(result.text());
  }

  @Test
  void keepsTheTextSoFarWhenItsTimeIsOver() throws Exception {
    listenInStep();
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
    Generation first = occupy(gate);
    Recorder recorder = new Recorder();
    Generation second = model.generate(request().build(), recorder);
    second.cancel();
    GenerationResult result = second.await();
    assertThat(result.finishReason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(result.tokenIds()).isEmpty();
    assertThat(recorder.events()).hasSize(2);
    assertThat(recorder.last()).isInstanceOf(GenerationEvent.Finished.class);
    gate.open();
    assertThat(first.await().completionTokens()).isEqualTo(400);
  }

  @Test
  void endsARequestThatWaitsWhenItsTimeIsOver() throws Exception {
    Gate gate = new Gate();
    Generation first = occupy(gate);
    Generation second =
        model.generate(
            request().timeout(Duration.ofMinutes(10)).build(), GenerationListener.silent());
    clock.elapse();
    assertThat(second.await().finishReason()).isEqualTo(FinishReason.DEADLINE);
    gate.open();
    assertThat(first.await().completionTokens()).isEqualTo(400);
  }

  @Test
  void endsARequestWhoseTimeIsOverBeforeItIsWatched() throws Exception {
    clock.elapseAtOnce();
    Gate gate = new Gate();
    Generation first = occupy(gate);
    Generation second =
        model.generate(
            request().timeout(Duration.ofMinutes(10)).build(), GenerationListener.silent());
    assertThat(second.await().finishReason()).isEqualTo(FinishReason.DEADLINE);
    gate.open();
    assertThat(first.await().completionTokens()).isEqualTo(400);
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
    Generation first = occupy(gate);
    Generation second =
        model.generate(
            request().timeout(Duration.ofMinutes(10)).build(), GenerationListener.silent());
    assertFails(Reason.RUNTIME, second::await);
    gate.open();
    assertThat(first.await().completionTokens()).isEqualTo(400);
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
    Generation waiting = atToken(1, request().build(), RequestEndTest::await);
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
}
