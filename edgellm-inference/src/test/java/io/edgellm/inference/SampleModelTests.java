package io.edgellm.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.inference.engine.GoldenChat;
import io.edgellm.llm.Generation;
import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.InferenceException.Reason;
import io.edgellm.llm.LoadedModel;
import io.edgellm.llm.Sampling;
import io.edgellm.trust.DevelopmentModel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;

/** What tests of a served model share: the sample model, loaded, with deadlines cranked by hand. */
abstract class SampleModelTests {
  static final GoldenChat CHAT = GoldenChat.all().get(0);

  /** Chooses among all tokens alike, so that an answer does not end soon. */
  static final Sampling NOISE = Sampling.of(100, 7);

  final HandCrankedExecutor clock = new HandCrankedExecutor();
  LoadedModel model = load(OnnxOptions.builder());

  final LoadedModel load(OnnxOptions.Builder options) {
    return new OnnxModelLoader(options.threads(1).deadlineExecutor(clock).build())
        .load(DevelopmentModel.at(GoldenChat.SAMPLE.resolve("genai")));
  }

  final void reload(OnnxOptions.Builder options) {
    model.close();
    model = load(options);
  }

  @AfterEach
  final void close() {
    model.close();
    clock.shutdownNow();
  }

  static GenerationRequest.Builder request() {
    return GenerationRequest.builder().messages(CHAT.messages()).maxTokens(96);
  }

  /** Longer than the queue of events, so that it keeps its slot while its listener is held. */
  static GenerationRequest endless() {
    return request().sampling(NOISE).maxTokens(400).build();
  }

  /** Takes a slot until the gate is opened. */
  final Generation occupy(Gate gate) {
    Generation occupant = model.generate(endless(), gate);
    gate.reached();
    return occupant;
  }

  static void assertFails(Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            InferenceException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  /** Acts with the handle of the generation at its n-th token. */
  final Generation atToken(int n, GenerationRequest request, Consumer<Generation> act) {
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
}
