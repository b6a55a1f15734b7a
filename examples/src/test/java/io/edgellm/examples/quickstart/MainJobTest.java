package io.edgellm.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.llm.GoldenPrompt;
import io.edgellm.model.ModelVersion;
import io.edgellm.rollout.DevicePolicy;
import io.edgellm.rollout.RolloutListener;
import io.edgellm.rollout.device.DeviceState;
import io.edgellm.rollout.device.Reason;
import io.edgellm.rollout.device.TrialRules;
import io.edgellm.transfer.DirectoryArtifactSource;
import io.edgellm.transfer.TransferListener;
import io.edgellm.trust.tuf.TufException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the quickstart, and shows that its outcome is decided by what the device measures. */
final class MainJobTest {
  @TempDir static Path dir;

  private static final SampleModel SAMPLE =
      new SampleModel(Path.of(System.getProperty("edgellm.sample.dir")));
  private static final ByteArrayOutputStream OUTPUT = new ByteArrayOutputStream();
  private static @Nullable Publisher publisher;
  private static Quickstart.@Nullable Outcome run;

  @BeforeAll
  static void runTheQuickstart() throws Exception {
    PrintStream out = new PrintStream(OUTPUT, true, StandardCharsets.UTF_8);
    Screen screen = new Screen(out, false, Quickstart.STEPS);
    publisher = new Publisher(Quickstart.MODEL, dir.resolve("repository"));
    run = new Quickstart(SAMPLE, dir.resolve("run"), publisher, screen).run();
  }

  private static Quickstart.Outcome outcome() {
    return Objects.requireNonNull(run);
  }

  @Test
  void theGoodUpdateIsCommitted() {
    assertThat(outcome().afterGoodUpdate()).isInstanceOf(DeviceState.Committed.class);
  }

  @Test
  void theBadUpdateIsRolledBackForItsQuality() {
    assertThat(outcome().afterBadUpdate()).isInstanceOf(DeviceState.RolledBack.class);
    DeviceState.RolledBack end = (DeviceState.RolledBack) outcome().afterBadUpdate();
    assertThat(end.cause().reason()).isEqualTo(Reason.QUALITY);
    assertThat(end.release().version()).isEqualTo(Variant.MISTUNED.version());
    assertThat(outcome().servingAtTheEnd()).isEqualTo(title(Variant.BETTER));
  }

  @Test
  void somebodyElseInThePublishersPlaceIsRefused() {
    assertThat(outcome().refusals())
        .extracting(TufException::reason)
        .containsExactly(TufException.Reason.ROLLBACK, TufException.Reason.MISMATCH);
  }

  @Test
  void noRequestFailsWhileVersionsComeAndGo() {
    assertThat(outcome().asked()).hasSizeGreaterThan(100).noneMatch(BackgroundLoad.Asked::failed);
    assertThat(outcome().asked())
        .extracting(BackgroundLoad.Asked::version)
        .contains(title(Variant.FIRST), title(Variant.BETTER), title(Variant.MISTUNED));
  }

  @Test
  void everyKilledActivationLeavesAVerifiedVersion() {
    assertThat(outcome().powerCuts()).hasSize(5).allMatch(PowerCut.Aftermath::verified);
  }

  @Test
  void theScreenTellsTheWholeStory() {
    assertThat(OUTPUT.toString(StandardCharsets.UTF_8))
        .contains("[1/8]", "[8/8]", "{\"tool\":\"light.set\"", "tokens/s", "Rolled back by itself")
        .contains("Verification receipt", "current by update metadata", "Audit trail")
        .contains("edgellm_requests_total");
  }

  @Test
  void theReportHasItsPicturesAndPapers() throws Exception {
    String html = Files.readString(outcome().report());
    assertThat(html).contains("<svg", "Time line of the rollout", "Time to first token");
    assertThat(html).contains("Drift from", "oms/key", "edgellm_time_to_first_token_seconds");
    assertThat(html.split("<svg", -1)).hasSize(4);
  }

  @Test
  void withoutTheQualityGateTheBadVersionStays() throws Exception {
    try (Device device = device("ungated", quick().withoutGate("quality"))) {
      assertThat(rollOut(device, Variant.FIRST)).isInstanceOf(DeviceState.Committed.class);
      assertThat(rollOut(device, Variant.MISTUNED)).isInstanceOf(DeviceState.Committed.class);
      assertThat(device.serving()).isEqualTo(title(Variant.MISTUNED));
    }
  }

  @Test
  void theStrictSmokeTestRefusesTheBadVersionBeforeItServes() throws Exception {
    try (Device device = device("strict", quick().withSmoke(DevicePolicy.Smoke.strict()))) {
      assertThat(rollOut(device, Variant.FIRST)).isInstanceOf(DeviceState.Committed.class);
      assertThat(rollOut(device, Variant.MISTUNED)).isInstanceOf(DeviceState.Rejected.class);
      assertThat(device.serving()).isEqualTo(title(Variant.FIRST));
    }
  }

  @Test
  void noCommandOfTheBackgroundLoadIsAProbe() {
    assertThat(GoldenPrompt.read(SAMPLE.probes()))
        .extracting(GoldenPrompt::prompt)
        .doesNotContainAnyElementsOf(SAMPLE.commands());
  }

  private static DeviceState rollOut(Device device, Variant variant) throws Exception {
    ModelVersion version = variant.version();
    device.offer(version);
    return device.awaitDecision();
  }

  /** The quickstart's policy in a hurry: probes stand in for users. */
  private static DevicePolicy quick() {
    return Quickstart.policy()
        .withRules(
            new TrialRules(
                3,
                new TrialRules.CrashLoop(3, Duration.ofMinutes(5)),
                Duration.ofMillis(100),
                Duration.ofSeconds(60),
                60))
        .withProbesWhenIdle(50)
        .withLookEvery(Duration.ofMillis(50));
  }

  private static Device device(String name, DevicePolicy policy) throws Exception {
    return new Device(
        Objects.requireNonNull(publisher).provision(dir.resolve(name)),
        new DirectoryArtifactSource(dir.resolve("repository")),
        policy,
        TransferListener.silent(),
        RolloutListener.silent());
  }

  private static String title(Variant variant) {
    return Quickstart.MODEL + " " + variant.version();
  }
}
