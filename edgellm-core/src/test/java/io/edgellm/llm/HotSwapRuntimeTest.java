package io.edgellm.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.release.ReleaseSigner;
import io.edgellm.release.SampleRelease;
import io.edgellm.trust.LoadableModel;
import io.edgellm.trust.PolicyModelVerifier;
import io.edgellm.trust.TrustPolicy;
import io.edgellm.trust.VerifiedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HotSwapRuntimeTest {
  @TempDir static Path dir;
  private static List<VerifiedModel> verified = List.of();

  private final List<HeldModel> loaded = new ArrayList<>();
  private final HotSwapRuntime runtime =
      new HotSwapRuntime(
          source -> {
            HeldModel model = new HeldModel(source, "version " + loaded.size());
            loaded.add(model);
            return model;
          });

  @BeforeAll
  static void verifyAModel() throws IOException {
    ReleaseSigner signer = ReleaseSigner.generate();
    Path directory = SampleRelease.signed(dir, signer);
    TrustPolicy policy =
        TrustPolicy.builder()
            .signer("publisher", signer.publicKey(), "assistant")
            .signatureAlone()
            .build();
    verified = List.of(PolicyModelVerifier.of(policy).verify(directory).orElseThrow());
  }

  @Test
  void nothingServesAtFirst() {
    GenerationListener silent = GenerationListener.silent();
    Generation refused = runtime.languageModel().generate(GenerationRequest.of("hello"), silent);
    assertThat(catchThrowableOfType(InferenceException.class, refused::await).reason())
        .isEqualTo(InferenceException.Reason.NOT_SERVING);
    assertThat(runtime.serving()).isEmpty();
  }

  @Test
  void aLoadedModelStaysDarkUntilItServes() {
    load();
    assertThat(runtime.serving()).isEmpty();
    runtime.serve(loaded.get(0));
    assertThat(runtime.languageModel().info().title()).isEqualTo("version 0");
  }

  @Test
  void aRequestFinishesOnTheVersionWhereItBegan() throws InterruptedException {
    runtime.serve(load());
    Generation old = ask();
    assertThat(runtime.serve(load())).contains(loaded.get(0));
    Generation fresh = ask();

    loaded.get(0).finishAll();
    loaded.get(1).finishAll();
    assertThat(old.await().text()).isEqualTo("version 0");
    assertThat(fresh.await().text()).isEqualTo("version 1");
  }

  @Test
  void unloadingWaitsForTheRequestsThatRun() throws Exception {
    runtime.serve(load());
    Generation old = ask();
    runtime.serve(load());
    Thread unloader =
        new Thread(() -> runtime.unload(loaded.get(0), Duration.ofMinutes(5)), "unloader");
    unloader.start();
    awaitWaiting(unloader);
    assertThat(loaded.get(0).closed).isFalse();

    loaded.get(0).finishAll();
    unloader.join();
    assertThat(loaded.get(0).closed).isTrue();
    assertThat(old.await().finishReason()).isEqualTo(FinishReason.END);
  }

  @Test
  void whatStillRunsAtTheDeadlineIsCancelled() throws InterruptedException {
    runtime.serve(load());
    Generation old = ask();
    runtime.serve(load());
    runtime.unload(loaded.get(0), Duration.ofMillis(1));
    assertThat(old.await().finishReason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(loaded.get(0).closed).isTrue();
  }

  @Test
  void theServingModelCannotBeUnloaded() {
    runtime.serve(load());
    assertThatThrownBy(() -> runtime.unload(loaded.get(0), Duration.ZERO))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("serves");
  }

  @Test
  void aModelOfAnotherRuntimeIsRefused() {
    HeldModel stranger = new HeldModel(verified.get(0), "stranger");
    assertThatThrownBy(() -> runtime.serve(stranger)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closingUnloadsEverything() {
    runtime.serve(load());
    load();
    runtime.close();
    assertThat(loaded).allMatch(model -> model.closed);
    assertThat(catchThrowableOfType(InferenceException.class, this::load).reason())
        .isEqualTo(InferenceException.Reason.CLOSED);
  }

  @Test
  void aModelThatFailsToCloseKeepsNoOtherFromIt() {
    load();
    load();
    load();
    loaded.get(0).closeFailure = new IllegalStateException("first");
    loaded.get(1).closeFailure = new IllegalStateException("second");
    assertThatThrownBy(runtime::close)
        .isSameAs(loaded.get(0).closeFailure)
        .hasSuppressedException(loaded.get(1).closeFailure);
    assertThat(loaded).allMatch(model -> model.closed);
  }

  @Test
  void aRequestThatCannotBeCancelledDoesNotKeepItsModelOpen() {
    runtime.serve(load());
    ask();
    loaded.get(0).running.get(0).deaf = true;
    runtime.serve(load());
    runtime.unload(loaded.get(0), Duration.ofMillis(1));
    assertThat(loaded.get(0).closed).isTrue();
  }

  @Test
  void aRequestWhoseCancellationFailsDoesNotKeepItsModelOpen() {
    runtime.serve(load());
    ask();
    IllegalStateException failure = new IllegalStateException("no way");
    loaded.get(0).running.get(0).cancelFailure = failure;
    runtime.serve(load());
    assertThatThrownBy(() -> runtime.unload(loaded.get(0), Duration.ZERO)).isSameAs(failure);
    assertThat(loaded.get(0).closed).isTrue();
  }

  @Test
  void aDrainMayTakeAsLongAsItTakes() {
    runtime.serve(load());
    runtime.serve(load());
    runtime.unload(loaded.get(0), ChronoUnit.FOREVER.getDuration());
    assertThat(loaded.get(0).closed).isTrue();
  }

  @Test
  void closingEndsADrainThatIsUnderWay() throws Exception {
    runtime.serve(load());
    Generation old = ask();
    runtime.serve(load());
    Thread unloader =
        new Thread(() -> runtime.unload(loaded.get(0), Duration.ofDays(1)), "unloader");
    unloader.start();
    awaitWaiting(unloader);
    runtime.close();
    assertThat(loaded.get(0).closed).as("when close() returns").isTrue();
    assertThat(old.await().finishReason()).isEqualTo(FinishReason.CANCELLED);
    unloader.join();
    assertThat(loaded.get(0).closings).hasValue(1);
  }

  @Test
  void anInterruptEndsADrainAndStaysSet() {
    runtime.serve(load());
    Generation old = ask();
    runtime.serve(load());
    Thread.currentThread().interrupt();
    runtime.unload(loaded.get(0), Duration.ofDays(1));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(old.result().toCompletableFuture()).isCompleted();
    assertThat(loaded.get(0).closed).isTrue();
  }

  @Test
  void aModelIsUnloadedOnce() {
    LoadedModel model = load();
    runtime.unload(model, Duration.ZERO);
    assertThatThrownBy(() -> runtime.unload(model, Duration.ZERO))
        .isInstanceOf(IllegalStateException.class);
    runtime.close();
    assertThat(loaded.get(0).closings).hasValue(1);
  }

  @Test
  void aModelThatIsLoadedWhileTheRuntimeClosesIsClosed() {
    HeldModel late = new HeldModel(verified.get(0), "late");
    HotSwapRuntime[] self = new HotSwapRuntime[1];
    self[0] =
        new HotSwapRuntime(
            source -> {
              self[0].close();
              return late;
            });
    InferenceException e =
        catchThrowableOfType(InferenceException.class, () -> self[0].load(verified.get(0)));
    assertThat(e.reason()).isEqualTo(InferenceException.Reason.CLOSED);
    assertThat(late.closed).isTrue();
  }

  @Test
  void aListenerThatThrowsAtARefusalDisturbsNobody() {
    Generation refused =
        runtime
            .languageModel()
            .generate(
                GenerationRequest.of("hello"),
                event -> {
                  throw new IllegalStateException("listener");
                });
    assertThat(catchThrowableOfType(InferenceException.class, refused::await).reason())
        .isEqualTo(InferenceException.Reason.NOT_SERVING);
  }

  @Test
  void noRequestFailsOverManySwitches() throws Exception {
    runtime.serve(load());
    List<Throwable> failures = new CopyOnWriteArrayList<>();
    List<Thread> users = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Thread user =
          new Thread(
              () -> {
                for (int n = 0; n < 2_000; n++) {
                  Generation generation = ask();
                  ((HeldGeneration) generation).finish();
                  generation
                      .result()
                      .whenComplete(
                          (result, failure) -> {
                            if (failure != null) {
                              failures.add(failure);
                            }
                          });
                }
              });
      users.add(user);
      user.start();
    }
    while (users.stream().anyMatch(Thread::isAlive)) {
      LoadedModel next = load();
      runtime.serve(next).ifPresent(old -> runtime.unload(old, Duration.ofMinutes(1)));
    }
    assertThat(failures).isEmpty();
    assertThat(loaded).filteredOn(model -> model.askedAfterClose).isEmpty();
  }

  private LoadedModel load() {
    return runtime.load(verified.get(0));
  }

  private Generation ask() {
    return runtime
        .languageModel()
        .generate(GenerationRequest.of("hello"), GenerationListener.silent());
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
  }

  /** A model that answers when the test says so. */
  private static final class HeldModel implements LoadedModel {
    private final LoadableModel source;
    private final String title;
    private final List<HeldGeneration> running = new CopyOnWriteArrayList<>();
    private final AtomicInteger closings = new AtomicInteger();
    private volatile boolean closed;
    private volatile boolean askedAfterClose;
    private @Nullable RuntimeException closeFailure;

    HeldModel(LoadableModel source, String title) {
      this.source = source;
      this.title = title;
    }

    void finishAll() {
      running.forEach(HeldGeneration::finish);
    }

    @Override
    public LoadableModel source() {
      return source;
    }

    @Override
    public ModelInfo info() {
      return new ModelInfo(title, 512, 1);
    }

    @Override
    public Generation generate(GenerationRequest request, GenerationListener listener) {
      askedAfterClose |= closed;
      HeldGeneration generation = new HeldGeneration(title);
      running.add(generation);
      return generation;
    }

    @Override
    public int countTokens(GenerationRequest request) {
      return request.messages().size();
    }

    @Override
    public void close() {
      closings.incrementAndGet();
      closed = true;
      if (closeFailure != null) {
        throw closeFailure;
      }
    }
  }

  private static final class HeldGeneration implements Generation {
    private final CompletableFuture<GenerationResult> result = new CompletableFuture<>();
    private final String text;
    private boolean deaf;
    private @Nullable RuntimeException cancelFailure;

    HeldGeneration(String text) {
      this.text = text;
    }

    void finish() {
      end(FinishReason.END);
    }

    private void end(FinishReason reason) {
      result.complete(
          new GenerationResult(
              text, List.of(1), reason, 1, Duration.ZERO, Duration.ZERO, Duration.ZERO));
    }

    @Override
    public void cancel() {
      if (cancelFailure != null) {
        throw cancelFailure;
      }
      if (!deaf) {
        end(FinishReason.CANCELLED);
      }
    }

    @Override
    public CompletionStage<GenerationResult> result() {
      return result;
    }

    @Override
    public GenerationResult await() {
      return result.join();
    }
  }
}
