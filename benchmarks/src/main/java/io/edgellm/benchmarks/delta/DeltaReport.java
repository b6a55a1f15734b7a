package io.edgellm.benchmarks.delta;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** The tables of a comparison. */
final class DeltaReport {
  /** Headers decide below; nobody waits for a hundredth of a per cent. */
  private static final double NEGLIGIBLE_SHARE = 1e-4;

  private record Row(
      String name, long targetBytes, double boundBytes, Map<DeltaTool, Measured> measured) {
    Measured of(DeltaTool tool) {
      return Objects.requireNonNull(measured.get(tool));
    }

    double share(DeltaTool tool) {
      return (double) of(tool).deltaBytes() / targetBytes;
    }
  }

  private final List<DeltaTool> tools;
  private final List<Row> rows = new ArrayList<>();
  private String large = "";

  DeltaReport(List<DeltaTool> tools) {
    this.tools = tools;
  }

  void add(FileChange change, Map<DeltaTool, Measured> measured) throws IOException {
    double bound = change.bounded() ? EntropyBound.bytes(change) : Double.NaN;
    rows.add(new Row(change.name(), Files.size(change.target()), bound, measured));
  }

  void addLarge(FileChange change, Measured measured) throws IOException {
    large =
        String.format(
            Locale.ROOT,
            "%s: %.1f %% of it; encode %.0f s of CPU and %.0f MB resident, decode %.0f s and %.0f"
                + " MB.%n",
            change.name(),
            100.0 * measured.deltaBytes() / Files.size(change.target()),
            measured.encode().cpuSeconds(),
            measured.encode().peakBytes() / 1e6,
            measured.decode().cpuSeconds(),
            measured.decode().peakBytes() / 1e6);
  }

  String toMarkdown() {
    StringBuilder out = new StringBuilder();
    out.append("Per cent of the new file:\n\n").append(sizes());
    out.append("\nMedian CPU seconds and peak resident memory:\n\n").append(costs());
    return out.append('\n').append(large).toString();
  }

  private String sizes() {
    StringBuilder out = new StringBuilder("| change | MB |");
    tools.forEach(tool -> out.append(' ').append(tool.title()).append(" |"));
    out.append(" bound | of the bound | of the best other |\n|---|---:|");
    out.append("---:|".repeat(tools.size() + 3)).append('\n');
    for (Row row : rows) {
      out.append("| ").append(row.name()).append(" | ");
      out.append(format("%.1f", row.targetBytes() / 1e6)).append(" |");
      for (DeltaTool tool : tools) {
        out.append(' ').append(format("%.2f", 100 * row.share(tool))).append(" |");
      }
      out.append(bound(row)).append(other(row)).append('\n');
    }
    return out.toString();
  }

  private static String bound(Row row) {
    if (Double.isNaN(row.boundBytes())) {
      return " | |";
    }
    double share = row.boundBytes() / row.targetBytes();
    return format(" %.2f |", 100 * share) + format(" %.2f |", row.share(DeltaTool.EDELTA) / share);
  }

  private String other(Row row) {
    double best = Double.POSITIVE_INFINITY;
    for (DeltaTool tool : tools) {
      best = tool == DeltaTool.EDELTA ? best : Math.min(best, row.share(tool));
    }
    double own = row.share(DeltaTool.EDELTA);
    if (Double.isInfinite(best) || (own < NEGLIGIBLE_SHARE && best < NEGLIGIBLE_SHARE)) {
      return " |";
    }
    return format(" %.2f |", own / best);
  }

  private String costs() {
    StringBuilder out = new StringBuilder("| |");
    tools.forEach(tool -> out.append(' ').append(tool.title()).append(" |"));
    out.append("\n|---|").append("---:|".repeat(tools.size())).append('\n');
    cost(out, "encode, s", m -> m.encode().cpuSeconds());
    cost(out, "encode, MB", m -> m.encode().peakBytes() / 1e6);
    cost(out, "decode, s", m -> m.decode().cpuSeconds());
    cost(out, "decode, MB", m -> m.decode().peakBytes() / 1e6);
    return out.toString();
  }

  private void cost(StringBuilder out, String name, Function<Measured, Double> value) {
    out.append("| ").append(name).append(" |");
    for (DeltaTool tool : tools) {
      double[] sorted = rows.stream().mapToDouble(r -> value.apply(r.of(tool))).sorted().toArray();
      out.append(' ').append(format("%.1f", sorted[sorted.length / 2])).append(" |");
    }
    out.append('\n');
  }

  private static String format(String pattern, double value) {
    return String.format(Locale.ROOT, pattern, value);
  }
}
