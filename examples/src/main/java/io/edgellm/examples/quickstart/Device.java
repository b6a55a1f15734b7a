package io.edgellm.examples.quickstart;

import io.edgellm.inference.OnnxModelLoader;
import io.edgellm.inference.OnnxOptions;
import io.edgellm.llm.HotSwapRuntime;
import io.edgellm.llm.LanguageModel;
import io.edgellm.llm.ModelRuntime;
import io.edgellm.model.DeviceProfile;
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
import io.edgellm.transfer.SourceTufRepository;
import io.edgellm.transfer.TransferListener;
import io.edgellm.trust.CurrentReleases;
import io.edgellm.trust.PolicyModelVerifier;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** The device side: what an agent on a Raspberry Pi or a desktop composes from the libraries. */
final class Device implements AutoCloseable {
  private static final long GRANTED_RAM_BYTES = 512L << 20;

  private final DeviceHome home;
  private final CurrentReleases releases;
  private final ModelStore store;
  private final ModelRuntime runtime;
  private final Telemetry telemetry;
  private final DeviceAgent agent;
  private long epoch;

  /**
   * @param home what the application ships with, and what an earlier run left
   * @param source where releases come from
   * @param policy how careful it is
   * @param transfers hears of downloads
   * @param rollouts hears of decisions
   */
  Device(
      DeviceHome home,
      ArtifactSource source,
      DevicePolicy policy,
      TransferListener transfers,
      RolloutListener rollouts)
      throws IOException, InterruptedException {
    this.home = home;
    this.releases = home.releases(new SourceTufRepository(source));
    this.store = ModelStore.open(home.store(), StoreOptions.defaults());
    this.telemetry =
        Telemetry.builder()
            .consent(Consent.heldByHost(ConsentLevel.METRICS, Instant.now()))
            .deviceType("quickstart")
            .build();
    this.runtime =
        new HotSwapRuntime(
            new MeteredModelLoader(
                new OnnxModelLoader(
                    OnnxOptions.builder().cacheDirectory(home.engineCache()).build()),
                telemetry,
                loaded -> ModelLabels.of(loaded, "quickstart")));
    ModelDelivery delivery = delivery(releases, source, store);
    this.agent =
        DeviceAgent.builder(
                home.line(),
                store,
                PolicyModelVerifier.of(releases),
                runtime,
                offer -> delivery.deliver(home.line(), offer.release().version(), transfers))
            .policy(policy)
            .profile(profile())
            .traffic(LiveTraffic.of(telemetry))
            .listener(rollouts)
            .start(home.journal());
  }

  /** Returns what brings releases into a store, as far as they are current and trusted. */
  static ModelDelivery delivery(CurrentReleases releases, ArtifactSource source, ModelStore store) {
    return ModelDelivery.builder(
            ReleaseCatalog.of(releases), source, store, PolicyModelVerifier.of(releases), profile())
        .build();
  }

  /** Describes this machine; the host decides how much memory a model may take. */
  private static DeviceProfile profile() {
    return new OnnxModelLoader().deviceProfile(GRANTED_RAM_BYTES);
  }

  /**
   * Asks the repository for a version.
   *
   * @throws io.edgellm.trust.tuf.TufException if what it answers is not to be believed
   */
  Release find(ModelVersion version) {
    return Release.of(ReleaseCatalog.of(releases).fetch(home.line(), version).manifest());
  }

  /** Takes what the repository offers as a version, as far as it goes at once. */
  DeviceState offer(ModelVersion version) throws InterruptedException {
    epoch++;
    return agent.offer(new Offer("quickstart-" + epoch, epoch, find(version)));
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
    return store.list(home.line());
  }

  /** Returns the journal, a line for every decision. */
  List<String> auditTrail() {
    return Journal.describe(home.journal());
  }

  @Override
  public void close() {
    agent.close();
    runtime.close();
    store.close();
  }
}
