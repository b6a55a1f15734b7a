package io.edgellm.examples.quickstart;

import io.edgellm.inference.drift.DriftReport;
import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.GoldenPrompt;
import io.edgellm.llm.LanguageModel;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.release.ReleaseSigner;
import io.edgellm.rollout.DevicePolicy;
import io.edgellm.rollout.RolloutListener;
import io.edgellm.rollout.device.DeviceState;
import io.edgellm.rollout.device.TrialRules;
import io.edgellm.store.ModelStore;
import io.edgellm.store.StoreOptions;
import io.edgellm.store.StoredModel;
import io.edgellm.telemetry.prometheus.PrometheusEndpoint;
import io.edgellm.transfer.ArtifactSource;
import io.edgellm.transfer.HttpArtifactSource;
import io.edgellm.transfer.ModelDelivery;
import io.edgellm.transfer.ReleaseCatalog;
import io.edgellm.transfer.TransferListener;
import io.edgellm.transfer.TransferListener.TransferEvent;
import io.edgellm.transfer.TransferOptions;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.PolicyModelVerifier;
import io.edgellm.trust.TrustPolicy;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * The main job, once through: a model is quantized, judged, signed and published; a device installs
 * it verified and answers; a good update is committed and a bad one rolled back while requests keep
 * coming; a process is killed in the middle of an activation; and everything that was measured is
 * shown.
 *
 * <p>Nothing is staged: the versions are what the quantizer makes of the sample model, and the
 * device decides by what it measures. Without the quality gate the bad version would stay.
 */
public final class Quickstart {
  static final ModelId MODEL = new ModelId("assistant");

  private static final int COMMANDS_ON_SCREEN = 12;
  private static final int POWER_CUTS = 5;

  private final SampleModel sample;
  private final Path out;
  private final Screen screen;
  private final ReleaseSigner signer;

  /**
   * @param sample the full-precision model
   * @param out an empty directory to work in
   * @param signer signs the releases; the device trusts its key
   * @param screen where to tell what happens
   */
  Quickstart(SampleModel sample, Path out, ReleaseSigner signer, Screen screen) {
    this.sample = sample;
    this.out = out;
    this.signer = signer;
    this.screen = screen;
  }

  /**
   * Runs the quickstart.
   *
   * @param args the directory to work in; what an earlier run left there is deleted
   */
  public static void main(String[] args) throws Exception {
    Path out = Path.of(args[0]);
    deleteTree(out);
    Files.createDirectories(out);
    Screen screen = new Screen(System.out, isTerminal(), 7);
    SampleModel sample = new SampleModel(Path.of(System.getProperty("edgellm.sample.dir")));
    new Quickstart(sample, out, ReleaseSigner.generate(), screen).run();
  }

  @SuppressWarnings("SystemConsoleNull") // The build starts this with jdk.console=java.base.
  private static boolean isTerminal() {
    return System.console() != null && System.getenv("CI") == null;
  }

  /** What the quickstart ended with, for whoever wants to check it. */
  record Outcome(
      DeviceState afterGoodUpdate,
      DeviceState afterBadUpdate,
      List<BackgroundLoad.Asked> asked,
      List<PowerCut.Aftermath> powerCuts,
      String servingAtTheEnd,
      Path report) {}

  Outcome run() throws Exception {
    Pipeline pipeline = new Pipeline(sample, out.resolve("models"), screen);
    Path repository = out.resolve("repository");
    Map<Variant, DriftReport> drift =
        screen.step(
            "Quantize the sample model three times, and measure the drift",
            () -> {
              pipeline.quantize();
              Map<Variant, DriftReport> measured = pipeline.measureDrift();
              pipeline.printDrift();
              return measured;
            });
    try (ReleaseServer server =
            screen.step(
                "Publish the three as signed releases",
                () -> {
                  pipeline.publish(MODEL, signer, repository);
                  return new ReleaseServer(repository);
                });
        HttpArtifactSource source = HttpArtifactSource.at(server.uri())) {
      RolloutStory story = new RolloutStory(screen);
      try (Device device = device(source, policy(), story)) {
        return onDevice(device, story, server, drift);
      }
    }
  }

  private Outcome onDevice(
      Device device, RolloutStory story, ReleaseServer server, Map<Variant, DriftReport> drift)
      throws Exception {
    screen.step(
        "Install 1.0.0 on an empty device over " + server.uri() + ", and ask it",
        () -> {
          device.offer(Variant.FIRST.version());
          askOnScreen(device.languageModel());
          return describe(device.awaitDecision());
        });
    List<BackgroundLoad.Asked> asked;
    DeviceState afterGood;
    DeviceState afterBad;
    try (BackgroundLoad load = new BackgroundLoad(device.languageModel(), sample.commands())) {
      afterGood =
          screen.step(
              "Roll out 1.1.0 while requests keep coming",
              () -> rollOut(device, Variant.BETTER.version(), load));
      afterBad =
          screen.step(
              "Roll out 1.2.0, which somebody mis-tuned",
              () -> rollOut(device, Variant.MISTUNED.version(), load));
      asked = load.asked();
    }
    List<PowerCut.Aftermath> cuts =
        screen.step(
            "Kill a process in the middle of an activation", () -> cutPower(device.source()));
    return screen.step(
        "Show the papers",
        () -> {
          Path report = showPapers(device, new Report(drift, story, asked), cuts);
          return new Outcome(afterGood, afterBad, asked, cuts, device.serving(), report);
        });
  }

  Device device(ArtifactSource source, DevicePolicy policy, RolloutListener story)
      throws InterruptedException {
    return new Device(
        out.resolve("device"), source, MODEL, verifier(), policy, this::onTransfer, story);
  }

  /** As the defaults, in minutes' place seconds: who runs a quickstart does not wait for a day. */
  static DevicePolicy policy() {
    return DevicePolicy.defaults()
        .withRules(
            new TrialRules(
                3,
                new TrialRules.CrashLoop(3, Duration.ofMinutes(5)),
                Duration.ofSeconds(8),
                Duration.ofSeconds(60),
                60))
        // The strict smoke test would refuse the bad version before anybody talks to it. Here it
        // only
        // asks for signs of life, so that the gates have something to do.
        .withSmoke(DevicePolicy.Smoke.liveness())
        .withLookEvery(Duration.ofSeconds(1));
  }

  private ModelVerifier verifier() {
    return PolicyModelVerifier.of(
        TrustPolicy.builder()
            .signer("quickstart", signer.publicKey(), MODEL.value())
            .signatureAlone()
            .build());
  }

  private void onTransfer(TransferEvent event) {
    if (event instanceof TransferEvent.Planned planned) {
      screen.say(
          planned.manifest().title()
              + " fits this device; "
              + planned.missing().size()
              + " of "
              + planned.manifest().files().size()
              + " files are missing, "
              + Screen.bytes(planned.missingBytes()));
    } else if (event instanceof TransferEvent.Progress p && p.artifact().sizeBytes() > 100_000) {
      screen.progress(
          "download " + p.artifact().path(),
          p.doneBytes(),
          p.artifact().sizeBytes(),
          p.bytesPerSecond() == 0 ? "" : Screen.bytes((long) p.bytesPerSecond()) + "/s");
    }
  }

  private void askOnScreen(LanguageModel model) throws InterruptedException {
    for (GoldenPrompt golden : GoldenPrompt.read(sample.probes()).subList(0, COMMANDS_ON_SCREEN)) {
      screen.stream(String.format(Locale.ROOT, "      > %-44s ", golden.prompt()));
      GenerationResult result =
          model.generate(GenerationRequest.of(golden.prompt()), event -> stream(event)).await();
      screen.stream(
          String.format(
              Locale.ROOT,
              "%n        first token after %s, %.0f tokens/s%n",
              Screen.millis(result.timeToFirstToken().toNanos() / 1e9),
              result.tokensPerSecond()));
    }
  }

  private void stream(GenerationEvent event) {
    if (event instanceof GenerationEvent.Token token) {
      screen.stream(token.text());
    } else if (event instanceof GenerationEvent.Finished finished) {
      screen.stream(finished.trailingText());
    }
  }

  private DeviceState rollOut(Device device, ModelVersion version, BackgroundLoad load)
      throws InterruptedException {
    int before = load.asked().size();
    device.offer(version);
    DeviceState end = describe(device.awaitDecision());
    List<BackgroundLoad.Asked> during = load.asked();
    during = during.subList(before, during.size());
    long failed = during.stream().filter(BackgroundLoad.Asked::failed).count();
    Duration longest =
        during.stream()
            .map(BackgroundLoad.Asked::total)
            .max(Comparator.naturalOrder())
            .orElse(Duration.ZERO);
    screen.say(
        during.size()
            + " requests meanwhile, "
            + failed
            + " failed, the slowest took "
            + longest.toMillis()
            + " ms; now serving "
            + device.serving());
    return end;
  }

  private DeviceState describe(DeviceState end) {
    if (end instanceof DeviceState.RolledBack s) {
      screen.sayBold("Rolled back by itself: " + s.cause());
    } else if (end instanceof DeviceState.Committed s) {
      screen.sayBold("Committed after " + Screen.seconds(s.observed()) + " of observation");
    } else {
      screen.sayBold("Ended as " + end.label());
    }
    return end;
  }

  /** In a store of its own: the device goes on serving. */
  private List<PowerCut.Aftermath> cutPower(ArtifactSource source)
      throws IOException, InterruptedException {
    Path key = out.resolve("publisher.pem");
    Files.writeString(key, signer.publicKey().toPem());
    Path store = out.resolve("power-cut-store");
    List<ModelVersion> versions = List.of(Variant.FIRST.version(), Variant.BETTER.version());
    install(store, versions, source);
    PowerCut powerCut = new PowerCut(store, key, MODEL, versions, new SplittableRandom());
    List<PowerCut.Aftermath> cuts = new ArrayList<>();
    for (int i = 0; i < POWER_CUTS; i++) {
      PowerCut.Aftermath cut = powerCut.strike();
      screen.say(
          "killed after "
              + cut.activations()
              + " activations: current is "
              + cut.current()
              + (cut.verified() ? ", every byte verified" : ", NOT VERIFIED")
              + (cut.repairs().isEmpty() ? "" : "; repaired: " + String.join(" ", cut.repairs())));
      cuts.add(cut);
    }
    return cuts;
  }

  private void install(Path root, List<ModelVersion> versions, ArtifactSource source) {
    try (ModelStore store = ModelStore.open(root, StoreOptions.defaults())) {
      ModelDelivery delivery =
          new ModelDelivery(
              ReleaseCatalog.unsigned(source),
              source,
              store,
              verifier(),
              Device.profile(),
              TransferOptions.defaults(),
              new SplittableRandom());
      versions.forEach(v -> delivery.deliver(MODEL, v, TransferListener.silent()));
    }
  }

  private Path showPapers(Device device, Report report, List<PowerCut.Aftermath> cuts)
      throws IOException, InterruptedException {
    String receipt = receipt(device);
    screen.say("Verification receipt:");
    screen.block(receipt);
    screen.say("Audit trail:");
    List<String> audit = device.auditTrail();
    audit.forEach(screen::block);
    String metrics = scrape(device);
    screen.say("Prometheus, as scraped over HTTP (the histograms are in the report):");
    metrics
        .lines()
        .filter(
            line -> !line.startsWith("#") && !line.contains("_bucket") && !line.endsWith(" 0.0"))
        .forEach(screen::block);
    Path file = out.resolve("report.html");
    report.write(file, receipt, audit, cuts, metrics);
    screen.sayBold("Report: " + file.toUri());
    return file;
  }

  private static String receipt(Device device) {
    return device.installed().stream()
        .filter(installed -> device.serving().equals(installed.manifest().title()))
        .map(StoredModel::receipt)
        .map(r -> r.describe())
        .findFirst()
        .orElse("none");
  }

  private static String scrape(Device device) throws IOException, InterruptedException {
    try (PrometheusEndpoint endpoint = PrometheusEndpoint.open(device.telemetry())) {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(endpoint.uri()).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (Files.exists(root)) {
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
