package io.edgellm.benchmarks.comparison;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The results of all rounds as JSON (every one of them) and as a Markdown table of medians. */
final class Report {
  private static final double PERCENT = 100;
  private static final double NANOS_PER_MILLI = 1e6;

  private final ModelPair pair;
  private final ComparisonOptions options;
  private final String agreement;
  private final String begun = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  private final List<Double> load = new ArrayList<>();
  private final List<Double> bandwidth = new ArrayList<>();
  private final Map<EngineKind, Map<Metric, List<Double>>> results =
      new EnumMap<>(EngineKind.class);

  Report(ModelPair pair, ComparisonOptions options, String agreement) {
    this.pair = pair;
    this.options = options;
    this.agreement = agreement;
    noteLoad();
  }

  void addBandwidth(double gigabytesPerCpuSecond) {
    bandwidth.add(gigabytesPerCpuSecond);
  }

  void add(EngineKind kind, Map<Metric, Double> measured) {
    noteLoad();
    Map<Metric, List<Double>> ofEngine =
        results.computeIfAbsent(kind, k -> new EnumMap<>(Metric.class));
    measured.forEach(
        (metric, value) -> ofEngine.computeIfAbsent(metric, m -> new ArrayList<>()).add(value));
    double share =
        pair.bytesPerToken(kind)
            / (measured.getOrDefault(Metric.DECODE_CPU, Double.NaN) * NANOS_PER_MILLI)
            / bandwidth.get(bandwidth.size() - 1)
            * options.threads()
            * PERCENT;
    ofEngine.computeIfAbsent(Metric.BANDWIDTH_SHARE, m -> new ArrayList<>()).add(share);
  }

  String toMarkdown() {
    StringBuilder text = new StringBuilder();
    text.append("%s. %s.%n%n".formatted(pair.name(), options.describe()));
    text.append(machine()).append(System.lineSeparator()).append(System.lineSeparator());
    text.append("| |");
    for (EngineKind kind : EngineKind.values()) {
      text.append(" %s |".formatted(kind.label()));
    }
    text.append(" ratio | |%n|---|".formatted());
    text.append("---:|".repeat(EngineKind.values().length)).append("---:|---|%n".formatted());
    for (Metric metric : Metric.values()) {
      text.append(row(metric));
    }
    text.append(
        "%nMedians of %d rounds; a ratio is EdgeLLM / llama.cpp. %s%n"
            .formatted(options.rounds(), agreement));
    return text.toString();
  }

  private String row(Metric metric) {
    double ours = median(EngineKind.EDGELLM, metric);
    double theirs = median(EngineKind.LLAMA_CPP, metric);
    double ratio = ours / theirs;
    return "| %s | %s | %s | %s | %s |%n"
        .formatted(
            metric.label(),
            number(ours, metric.unit()),
            number(theirs, metric.unit()),
            Double.isFinite(ratio) ? String.format(Locale.ROOT, "%.2f", ratio) : "",
            !Double.isFinite(ratio)
                ? ""
                : metric.moreIsBetter() ? "more is better" : "less is better");
  }

  private static String number(double value, String unit) {
    if (!Double.isFinite(value)) {
      return "–";
    }
    String digits = value < 100 ? "%.1f" : "%.0f";
    return String.format(Locale.ROOT, digits, value) + " " + unit;
  }

  private double median(EngineKind kind, Metric metric) {
    return Statistics.median(
        results.getOrDefault(kind, Map.of()).getOrDefault(metric, List.of()).stream()
            .mapToDouble(Double::doubleValue)
            .toArray());
  }

  private String machine() {
    return "%s, JDK %s, %s %s, %d processors, load average %s. Read bandwidth %s GB per CPU-second with %d thread%s; weights per token %d MB and %d MB."
        .formatted(
            begun,
            System.getProperty("java.version"),
            System.getProperty("os.name"),
            System.getProperty("os.arch"),
            Runtime.getRuntime().availableProcessors(),
            load.stream().map(value -> number(value, "").strip()).toList(),
            number(Statistics.median(toArray(bandwidth)), "").strip(),
            options.threads(),
            options.threads() == 1 ? "" : "s",
            pair.onnxBytesPerToken() / 1_000_000,
            pair.ggufBytesPerToken() / 1_000_000);
  }

  String toJson() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("model", pair.name());
    json.put("settings", options.describe());
    json.put("jvmOptions", String.join(" ", ChildProcess.JVM_OPTIONS));
    json.put("begun", begun);
    json.put("processors", Runtime.getRuntime().availableProcessors());
    addAll(json.putArray("loadAverage"), load);
    addAll(json.putArray("readGigabytesPerCpuSecond"), bandwidth);
    for (EngineKind kind : EngineKind.values()) {
      ObjectNode engine = json.putObject(kind.label());
      engine.put("weightBytesPerToken", pair.bytesPerToken(kind));
      results
          .getOrDefault(kind, Map.of())
          .forEach(
              (metric, values) -> {
                ObjectNode entry = engine.putObject(metric.name().toLowerCase(Locale.ROOT));
                entry.put("unit", metric.unit());
                entry.put("median", Statistics.median(toArray(values)));
                addAll(entry.putArray("rounds"), values);
              });
    }
    return json.toPrettyString();
  }

  private void noteLoad() {
    load.add(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  private static void addAll(ArrayNode array, List<Double> values) {
    values.forEach(value -> array.add(Double.isFinite(value) ? value : null));
  }

  private static double[] toArray(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
