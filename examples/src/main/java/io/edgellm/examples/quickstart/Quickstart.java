package io.edgellm.examples.quickstart;

import io.edgellm.inference.drift.DriftReport;
import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.GoldenPrompt;
import io.edgellm.llm.LanguageModel;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.rollout.DevicePolicy;
import io.edgellm.rollout.device.DeviceState;
import io.edgellm.rollout.device.TrialRules;
import io.edgellm.store.StoredModel;
import io.edgellm.telemetry.prometheus.PrometheusEndpoint;
import io.edgellm.transfer.DeliveryStatus;
import io.edgellm.transfer.HttpArtifactSource;
import io.edgellm.transfer.TransferListener.TransferEvent;
import io.edgellm.trust.tuf.TufException;
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
 * The main job, once through: a model is quantized, judged, signed and published; a device that
 * knows a root and a key installs it verified and answers; a good update is committed and a bad one
 * rolled back while requests keep coming; somebody else answers in the publisher's place and is
 * refused; a process is killed in the middle of an activation; and everything that was measured is
 * shown.
 *
 * <p>Nothing is staged: the versions are what the quantizer makes of the sample model, and the
 * device decides by what it measures. Without the quality gate the bad version would stay.
 */
public final class Quickstart {
  static final ModelId MODEL = new ModelId("assistant");

  static final int STEPS = 8;

  private static final int COMMANDS_ON_SCREEN = 12;
  private static final int POWER_CUTS = 5;

  private final SampleModel sample;
  private final Path out;
  private final Screen screen;
  private final Publisher publisher;
  private final Pipeline pipeline;
  private final Attacker attacker;

  /**
   * @param sample the full-precision model
   * @param out an empty directory to work in
   * @param publisher publishes the releases; devices are provisioned by it
   * @param screen where to tell what happens
   */
  Quickstart(SampleModel sample, Path out, Publisher publisher, Screen screen) {
    this.sample = sample;
    this.out = out;
    this.publisher = publisher;
    this.screen = screen;
    this.pipeline = new Pipeline(sample, out.resolve("models"), screen);
    this.attacker = new Attacker(publisher.repository(), out.resolve("attacker"));
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
    Screen screen = new Screen(System.out, isTerminal(), STEPS);
    SampleModel sample = new SampleModel(Path.of(System.getProperty("edgellm.sample.dir")));
    Publisher publisher = new Publisher(MODEL, out.resolve("repository"));
    new Quickstart(sample, out, publisher, screen).run();
  }

  @SuppressWarnings("SystemConsoleNull") // The build starts this with jdk.console=java.base.
  private static boolean isTerminal() {
    return System.console() != null && System.getenv("CI") == null;
  }

  /** What the quickstart ended with, for whoever wants to check it. */
  record Outcome(
      DeviceState afterGoodUpdate,
      DeviceState afterBadUpdate,
      List<TufException> refusals,
      List<BackgroundLoad.Asked> asked,
      List<PowerCut.Aftermath> powerCuts,
      String servingAtTheEnd,
      Path report) {}

  Outcome run() throws Exception {
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
            screen.step("Make keys and a repository, and publish 1.0.0", this::beginToPublish);
        HttpArtifactSource source = HttpArtifactSource.at(server.uri())) {
      RolloutStory story = new RolloutStory(screen);
      DeviceHome home = publisher.provision(out.resolve("device"));
      try (Device device = new Device(home, source, policy(), this::onTransfer, story)) {
        return onDevice(device, story, server, source, drift);
      }
    }
  }

  private ReleaseServer beginToPublish() throws IOException {
    publisher.begin();
    screen.say("Keys of this run, each for one purpose:");
    publisher.describeKeys().forEach(screen::block);
    pipeline.publish(Variant.FIRST, publisher);
    attacker.keepToday();
    return new ReleaseServer(publisher.repository());
  }

  private Outcome onDevice(
      Device device,
      RolloutStory story,
      ReleaseServer server,
      HttpArtifactSource source,
      Map<Variant, DriftReport> drift)
      throws Exception {
    screen.step(
        "Install 1.0.0 over " + server.uri() + " on a device that knows a root and a key; ask it",
        () -> {
          device.offer(Variant.FIRST.version());
          askOnScreen(device.languageModel());
          return describe(device.awaitDecision());
        });
    List<BackgroundLoad.Asked> asked;
    DeviceState afterGood;
    DeviceState afterBad;
    List<TufException> refusals;
    try (BackgroundLoad load = new BackgroundLoad(device.languageModel(), sample.commands())) {
      afterGood =
          screen.step(
              "Publish 1.1.0, and roll it out while requests keep coming",
              () -> rollOut(device, Variant.BETTER, load));
      refusals = screen.step("Let somebody else answer", () -> attack(device, server));
      afterBad =
          screen.step(
              "Publish 1.2.0, which somebody mis-tuned, and roll it out",
              () -> rollOut(device, Variant.MISTUNED, load));
      asked = load.asked();
    }
    List<PowerCut.Aftermath> cuts =
        screen.step("Kill a process in the middle of an activation", () -> cutPower(source));
    return screen.step(
        "Show the papers",
        () -> {
          Path report = showPapers(device, new Report(drift, story, asked), cuts);
          return new Outcome(afterGood, afterBad, refusals, asked, cuts, device.serving(), report);
        });
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
    } else if (event instanceof TransferEvent.Status status && status.delivery().totalBytes() > 0) {
      DeliveryStatus delivery = status.delivery();
      screen.progress(
          "download " + delivery.title(),
          delivery.doneBytes(),
          delivery.totalBytes(),
          delivery.bytesPerSecond() == 0
              ? ""
              : Screen.bytes((long) delivery.bytesPerSecond()) + "/s");
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

  private DeviceState rollOut(Device device, Variant variant, BackgroundLoad load)
      throws InterruptedException {
    pipeline.publish(variant, publisher);
    int before = load.asked().size();
    device.offer(variant.version());
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

  /** The address stays the same, and what is behind it is the attacker's for a moment. */
  private List<TufException> attack(Device device, ReleaseServer server) throws IOException {
    ModelVersion newest = Variant.BETTER.version();
    List<TufException> refusals = new ArrayList<>();
    server.serve(attacker.yesterday());
    screen.say("The server shows what was signed before " + newest + ", to hide it:");
    refusals.add(refusal(device, newest));
    server.serve(attacker.forged(publisher, newest));
    screen.say("The server has papers of " + newest + " that name another model file:");
    refusals.add(refusal(device, newest));
    server.serve(publisher.repository());
    device.find(newest);
    screen.say("The publisher answers again, and " + newest + " is found.");
    return refusals;
  }

  private TufException refusal(Device device, ModelVersion version) {
    try {
      device.find(version);
    } catch (TufException e) {
      screen.sayBold("Refused, " + e.reason() + ": " + e.getMessage());
      return e;
    }
    throw new IllegalStateException("The device believes an attacker.");
  }

  /** On a device of its own: the other one goes on serving. */
  private List<PowerCut.Aftermath> cutPower(HttpArtifactSource source)
      throws IOException, InterruptedException {
    PowerCut powerCut =
        new PowerCut(
            publisher.provision(out.resolve("power-cut")),
            List.of(Variant.FIRST.version(), Variant.BETTER.version()),
            new SplittableRandom());
    powerCut.install(source);
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
