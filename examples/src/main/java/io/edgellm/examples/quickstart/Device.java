package io.edgellm.examples.quickstart;

import io.edgellm.inference.OnnxModelLoader;
import io.edgellm.llm.HotSwapRuntime;
import io.edgellm.llm.LanguageModel;
import io.edgellm.llm.ModelRuntime;
import io.edgellm.model.DeviceProfile;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.rollout.DeviceAgent;
import io.edgellm.rollout.DevicePolicy;
import io.edgellm.rollout.LiveTraffic;
import io.edgellm.rollout.Pace;
import io.edgellm.rollout.RolloutListener;
import io.edgellm.rollout.device.DeviceState;
import io.edgellm.rollout.device.Offer;
import io.edgellm.rollout.device.Release;
import io.edgellm.rollout.journal.Journal;
import io.edgellm.store.ModelStore;
import io.edgellm.store.StoreOptions;
import io.edgellm.store.StoredModel;
import io.edgellm.telemetry.Consent;
import io.edgellm.telemetry.ConsentLevel;
import io.edgellm.telemetry.MeteredModelLoader;
import io.edgellm.telemetry.ModelLabels;
import io.edgellm.telemetry.Telemetry;
import io.edgellm.transfer.ArtifactSource;
import io.edgellm.transfer.ModelDelivery;
import io.edgellm.transfer.ReleaseCatalog;
import io.edgellm.transfer.TransferListener;
import io.edgellm.transfer.TransferOptions;
import io.edgellm.trust.ModelVerifier;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;

/** The device side: what an agent on a Raspberry Pi or a desktop composes from the libraries. */
final class Device implements AutoCloseable {
  private static final long GRANTED_RAM_BYTES = 512L << 20;

  private final Path journal;
  private final ModelStore store;
  private final ModelRuntime runtime;
  private final Telemetry telemetry;
  private final ArtifactSource source;
  private final ModelId model;
  private final DeviceAgent agent;
  private long epoch;

  /**
   * @param root an empty directory, or that of an earlier run
   * @param source where releases come from
   * @param model the model line
   * @param verifier whom the device trusts
   * @param policy how careful it is
   * @param transfers hears of downloads
   * @param rollouts hears of decisions
   */
  Device(
      Path root,
      ArtifactSource source,
      ModelId model,
      ModelVerifier verifier,
      DevicePolicy policy,
      TransferListener transfers,
      RolloutListener rollouts)
      throws InterruptedException {
    this.journal = root.resolve("journal");
    this.source = source;
    this.model = model;
    this.store = ModelStore.open(root.resolve("store"), StoreOptions.defaults());
    this.telemetry =
        Telemetry.builder()
            .consent(Consent.heldByHost(ConsentLevel.METRICS, Instant.now()))
            .deviceType("quickstart")
            .build();
    this.runtime =
        new HotSwapRuntime(
            new MeteredModelLoader(
                new OnnxModelLoader(), telemetry, loaded -> ModelLabels.of(loaded, "quickstart")));
    ModelDelivery delivery =
        new ModelDelivery(
            ReleaseCatalog.unsigned(source),
            source,
            store,
            verifier,
            profile(),
            TransferOptions.defaults(),
            new SplittableRandom());
    this.agent =
        DeviceAgent.builder(
                model,
                store,
                verifier,
                runtime,
                offer -> delivery.deliver(model, offer.release().version(), transfers))
            .policy(policy)
            .profile(profile())
            .traffic(LiveTraffic.of(telemetry))
            .listener(rollouts)
            .start(journal);
  }

  /** Describes this machine; the host decides how much memory a model may take. */
  static DeviceProfile profile() {
    return new OnnxModelLoader().deviceProfile(GRANTED_RAM_BYTES);
  }

  ArtifactSource source() {
    return source;
  }

  /** Takes what the repository offers as a version, as far as it goes at once. */
  DeviceState offer(ModelVersion version) throws InterruptedException {
    Release release = Release.of(ReleaseCatalog.unsigned(source).fetch(model, version).manifest());
    epoch++;
    return agent.offer(new Offer("quickstart-" + epoch, epoch, release));
  }

  /** Stays with the rollout that is under way until it is decided. */
  DeviceState awaitDecision() throws InterruptedException {
    return agent.awaitEnd(Pace.realTime());
  }

  /** Returns the model that users talk to, whichever version it is. */
  LanguageModel languageModel() {
    return runtime.languageModel();
  }

  /** Returns the version that serves. */
  String serving() {
    return runtime.languageModel().info().title();
  }

  Telemetry telemetry() {
    return telemetry;
  }

  /** Returns what is installed. */
  List<StoredModel> installed() {
    return store.list(model);
  }

  /** Returns the journal, a line for every decision. */
  List<String> auditTrail() {
    return Journal.describe(journal);
  }

  @Override
  public void close() {
    agent.close();
    runtime.close();
    store.close();
  }
}
