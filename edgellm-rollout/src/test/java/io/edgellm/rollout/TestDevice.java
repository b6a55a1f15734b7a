package io.edgellm.rollout;

import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.HotSwapRuntime;
import io.edgellm.llm.InferenceException;
import io.edgellm.model.Artifact;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Requirements;
import io.edgellm.release.ReleaseBuilder;
import io.edgellm.release.ReleaseSigner;
import io.edgellm.rollout.device.DeviceEvent;
import io.edgellm.rollout.device.DeviceState;
import io.edgellm.rollout.device.Moment;
import io.edgellm.rollout.device.Offer;
import io.edgellm.rollout.device.Release;
import io.edgellm.rollout.device.TrialRules;
import io.edgellm.rollout.gate.GateResult;
import io.edgellm.store.ModelStore;
import io.edgellm.store.PartialBlob;
import io.edgellm.store.StoreException;
import io.edgellm.store.StoreOptions;
import io.edgellm.store.StoredModel;
import io.edgellm.telemetry.Consent;
import io.edgellm.telemetry.ConsentLevel;
import io.edgellm.telemetry.MeteredModelLoader;
import io.edgellm.telemetry.ModelLabels;
import io.edgellm.telemetry.Telemetry;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.PolicyModelVerifier;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.TrustPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A device with a real store, real signatures, a real runtime and telemetry over a scripted engine,
 * and a clock that only moves when it is told to. It can be switched off and on.
 */
final class TestDevice implements RolloutListener {
  static final ModelId MODEL = new ModelId("assistant");
  static final DevicePolicy POLICY =
      DevicePolicy.defaults()
          .withRules(
              new TrialRules(
                  3,
                  new TrialRules.CrashLoop(3, Duration.ofMinutes(5)),
                  Duration.ofHours(1),
                  Duration.ofHours(8),
                  100))
          .withSmoke(DevicePolicy.Smoke.liveness());

  private final Path root;
  private Path disk;
  private final ReleaseSigner signer = ReleaseSigner.generate();
  private final Map<String, Path> published = new HashMap<>();
  ModelVerifier verifier = PolicyModelVerifier.of(policy().signatureAlone().build());
  private Duration uptime = Duration.ofMinutes(1);
  private int boot;

  ModelStore store;
  ScriptedEngine engine = new ScriptedEngine();
  HotSwapRuntime runtime;
  final List<String> history = new ArrayList<>();
  final List<GateResult> results = new ArrayList<>();
  Delivery delivery = this::deliver;
  int failuresSeen;

  /** How many more times the clock may be read, or a state change, until power is lost. */
  int stepsUntilPowerLoss = Integer.MAX_VALUE;

  TestDevice(Path root) {
    this.root = root;
    this.disk = root.resolve("disk-0");
    this.store = ModelStore.open(disk.resolve("store"), StoreOptions.defaults());
    this.runtime = new HotSwapRuntime(engine);
  }

  /** Publishes a version whose model does what the script says. */
  Offer publish(long epoch, String version, String script) {
    try {
      Path directory = Files.createDirectories(root.resolve("published").resolve(version));
      Files.writeString(directory.resolve("model.onnx"), "graph of " + version);
      Files.writeString(directory.resolve(ScriptedEngine.SCRIPT), script);
      StringBuilder golden = new StringBuilder();
      for (int i = 0; i < 20; i++) {
        golden.append("{\"prompt\":\"p" + i + "\",\"expected\":\"e" + i + "\"}\n");
      }
      Files.writeString(directory.resolve("golden.jsonl"), golden.toString());
      ReleaseManifest manifest =
          ReleaseBuilder.of(
                  directory,
                  MODEL,
                  ModelVersion.parse(version),
                  ReleaseManifest.Format.ONNX_GENAI,
                  new Requirements(List.of(), List.of(), "onnxruntime", "1.0", 0, 512))
              .quality(new ReleaseManifest.Quality(1, 0.02, 1.1, "golden"))
              .build();
      signer.sign(manifest).writeInto(directory);
      published.put(version, directory);
      return new Offer("d" + epoch, epoch, Release.of(manifest));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ModelVerifier verifier() {
    return verifier;
  }

  /** Returns a policy that trusts the publisher of the test. */
  TrustPolicy.Builder policy() {
    return TrustPolicy.builder().signer("publisher", signer.publicKey(), "assistant");
  }

  /** Returns where the files of a published version are. */
  Path published(String version) {
    return Objects.requireNonNull(published.get(version), version);
  }

  StoredModel deliver(Offer offer) {
    Path from = published.get(offer.release().version().toString());
    if (from == null) {
      throw new StoreException(
          StoreException.Reason.BLOB_MISSING, "Nobody has published it.", null);
    }
    SignedRelease release = SignedRelease.read(from);
    return store
        .find(MODEL, offer.release().version())
        .orElseGet(
            () -> {
              for (Artifact file : store.missing(release.manifest())) {
                copy(from, file);
              }
              return store.install(release, verifier());
            });
  }

  private void copy(Path from, Artifact file) {
    try (PartialBlob partial = store.openPartial(file).orElseThrow()) {
      Files.write(partial.path(), Files.readAllBytes(from.resolve(file.path())));
      partial.commit();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts the process. */
  DeviceAgent start(DevicePolicy policy) throws InterruptedException {
    return startWith(new ScriptedEngine(), policy);
  }

  DeviceAgent startWith(ScriptedEngine other, DevicePolicy policy) throws InterruptedException {
    engine = other;
    Telemetry telemetry =
        Telemetry.builder()
            .consent(Consent.heldByHost(ConsentLevel.METRICS, Instant.EPOCH))
            .build();
    runtime =
        new HotSwapRuntime(
            new MeteredModelLoader(engine, telemetry, model -> ModelLabels.of(model, "trial")));
    return builder(policy).traffic(LiveTraffic.of(telemetry)).start(journal());
  }

  /** Starts the process of a user who allowed no telemetry. */
  DeviceAgent startWithoutTelemetry(DevicePolicy policy) throws InterruptedException {
    engine = new ScriptedEngine();
    runtime = new HotSwapRuntime(engine);
    return builder(policy).start(journal());
  }

  private DeviceAgent.Builder builder(DevicePolicy policy) {
    return DeviceAgent.builder(MODEL, store, verifier(), runtime, offer -> delivery.deliver(offer))
        .policy(policy)
        .clock(this::readClock)
        .listener(this);
  }

  Path journal() {
    return disk.resolve("journal");
  }

  Moment now() {
    return new Moment(Instant.EPOCH.plus(uptime), "boot-" + boot, uptime);
  }

  private Moment readClock() {
    countDown();
    return now();
  }

  private void countDown() {
    if (--stepsUntilPowerLoss == 0) {
      throw new ScriptedEngine.Killed();
    }
  }

  void pass(Duration time) {
    uptime = uptime.plus(time);
  }

  void reboot() {
    boot++;
    uptime = Duration.ofSeconds(20);
  }

  /** What is on the disk now is what the next process finds; the one that runs goes on in vain. */
  void losePower() {
    stepsUntilPowerLoss = Integer.MAX_VALUE;
    reboot();
    Path next = root.resolve("disk-" + boot);
    try (Stream<Path> paths = Files.walk(disk)) {
      for (Path path : paths.filter(TestDevice::isNoLock).toList()) {
        Files.copy(path, next.resolve(disk.relativize(path)), LinkOption.NOFOLLOW_LINKS);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    disk = next;
    store = ModelStore.open(disk.resolve("store"), StoreOptions.defaults());
  }

  /** Begins again with what the first process left on the disk. */
  void startOver() {
    disk = root.resolve("disk-0");
    losePower();
  }

  private static boolean isNoLock(Path path) {
    return !path.getFileName().toString().contains("lock");
  }

  /** Between two looks, users ask something. */
  Pace withUsers(int requests) {
    return time -> {
      pass(time);
      users(requests);
    };
  }

  void users(int requests) throws InterruptedException {
    for (int i = 0; i < requests; i++) {
      try {
        runtime.languageModel().generate(GenerationRequest.of("question " + i));
      } catch (InferenceException e) {
        failuresSeen++;
      }
    }
  }

  String serving() {
    return runtime.serving().map(model -> model.info().title()).orElse("nothing");
  }

  @Override
  public void onChange(DeviceState from, DeviceEvent event, DeviceState to) {
    countDown();
    if (!to.label().equals(from.label())) {
      history.add(to.label());
    }
  }

  @Override
  public void onLook(List<GateResult> all) {
    results.clear();
    results.addAll(all);
  }
}
