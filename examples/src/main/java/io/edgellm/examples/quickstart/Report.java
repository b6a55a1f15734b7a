package io.edgellm.examples.quickstart;

import io.edgellm.examples.report.Bars;
import io.edgellm.examples.report.Distributions;
import io.edgellm.examples.report.HtmlPage;
import io.edgellm.examples.report.RolloutTimeline;
import io.edgellm.inference.drift.DriftReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Puts what the quickstart saw on one page of HTML. */
final class Report {
  private final Map<Variant, DriftReport> drift;
  private final RolloutStory story;
  private final List<BackgroundLoad.Asked> asked;

  Report(Map<Variant, DriftReport> drift, RolloutStory story, List<BackgroundLoad.Asked> asked) {
    this.drift = drift;
    this.story = story;
    this.asked = asked;
  }

  /** Writes the page. */
  void write(
      Path file,
      String receipt,
      List<String> audit,
      List<PowerCut.Aftermath> powerCuts,
      String metrics)
      throws IOException {
    long failed = asked.stream().filter(BackgroundLoad.Asked::failed).count();
    HtmlPage page =
        new HtmlPage(
            "EdgeLLM quickstart",
            "One model line on one device: published, installed, updated, and a bad update rolled"
                + " back. Everything on this page was measured in the run that wrote it.");
    page.heading("Rollout")
        .paragraph(
            asked.size()
                + " requests were asked all the while, "
                + failed
                + " of them failed. Each dot is one of them.")
        .picture(timeline().toSvg())
        .foldedTable(
            "Every change of the state",
            List.of("after", "state", "because of"),
            story.chapters().stream()
                .map(c -> List.of(Screen.seconds(c.at()), c.what(), c.why()))
                .toList())
        .heading("Latency by version")
        .picture(new Distributions("Time to first token", timesToFirstToken()).toSvg())
        .heading("Drift from the full-precision source")
        .picture(bars().toSvg())
        .heading("Power cuts")
        .paragraph("A process that did nothing but activate was killed with kill -9.")
        .table(
            List.of("activations before", "current afterwards", "verified", "repaired on open"),
            powerCuts.stream().map(Report::row).toList())
        .heading("Verification receipt")
        .text(receipt)
        .heading("Journal of the device")
        .text(String.join("\n", audit))
        .heading("Prometheus")
        .text(metrics);
    Files.writeString(file, page.toHtml());
  }

  private static List<String> row(PowerCut.Aftermath cut) {
    return List.of(
        Integer.toString(cut.activations()),
        cut.current().toString(),
        cut.verified() ? "yes" : "NO",
        cut.repairs().isEmpty() ? "nothing" : String.join(" ", cut.repairs()));
  }

  private RolloutTimeline timeline() {
    return new RolloutTimeline(
        story.bands(),
        asked.stream()
            .map(
                a ->
                    new RolloutTimeline.Request(
                        story.sinceBegin(a.endedNanos()), a.version(), a.total(), a.failed()))
            .toList(),
        drift.keySet().stream().map(v -> Quickstart.MODEL + " " + v.version()).toList());
  }

  private Map<String, double[]> timesToFirstToken() {
    Map<String, double[]> seconds = new LinkedHashMap<>();
    for (Variant variant : drift.keySet()) {
      String title = Quickstart.MODEL + " " + variant.version();
      seconds.put(
          variant.version().toString(),
          asked.stream()
              .filter(a -> !a.failed() && a.version().equals(title))
              .mapToDouble(a -> a.timeToFirstToken().toNanos() / 1e9)
              .toArray());
    }
    return seconds;
  }

  private Bars bars() {
    return new Bars(
        "Drift by version",
        List.of(
            panel("Perplexity / fp32", "%.3f", "1 is no drift", d -> d.all().ratio()),
            panel("Mean KL, nats", "%.4f", "lower is better", d -> d.divergence().mean()),
            panel("Same top token, %", "%.1f", "higher is better", d -> 100 * d.sameBest()),
            panel(
                "Probes exact, %",
                "%.1f",
                "higher is better",
                d -> 100.0 * d.probes().candidateRight() / d.probes().probes())));
  }

  private Bars.Panel panel(
      String name, String format, String better, ToDoubleFunction<DriftReport> measure) {
    Map<String, Double> values = new LinkedHashMap<>();
    drift.forEach(
        (variant, report) ->
            values.put(
                variant.version().toString().replaceAll("\\+.*", ""),
                measure.applyAsDouble(report)));
    return new Bars.Panel(name, format, better, values);
  }
}
