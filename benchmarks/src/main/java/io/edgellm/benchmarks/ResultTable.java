package io.edgellm.benchmarks;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * The results of a run as a Markdown table, under a line that says where it ran. On a busy machine
 * the best iteration says more than the mean: what else runs only ever adds time.
 */
final class ResultTable {
  private ResultTable() {}

  static String of(Collection<RunResult> results) {
    return "JDK %s, %s %s, %d processors%n%n| benchmark | mean | 99.9 %% interval | best iteration | allocated |%n|---|---:|---:|---:|---:|%n"
            .formatted(
                System.getProperty("java.version"),
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors())
        + results.stream().map(ResultTable::row).collect(Collectors.joining());
  }

  private static String row(RunResult result) {
    Result<?> time = result.getPrimaryResult();
    return "| %s | %s %s | ± %s | %s | %s |%n"
        .formatted(
            name(result.getParams()),
            number(time.getScore()),
            time.getScoreUnit(),
            number(time.getScoreError()),
            number(time.getStatistics().getMin()),
            allocated(result));
  }

  private static String name(BenchmarkParams params) {
    String method = params.getBenchmark();
    int type = method.lastIndexOf('.', method.lastIndexOf('.') - 1);
    String name = method.substring(type + 1);
    return params.getParamsKeys().stream()
        .map(key -> key + "=" + params.getParam(key))
        .collect(
            Collectors.collectingAndThen(
                Collectors.joining(", "), set -> set.isEmpty() ? name : name + " (" + set + ")"));
  }

  private static String allocated(RunResult run) {
    for (Result<?> result : run.getSecondaryResults().values()) {
      if (result.getLabel().endsWith("gc.alloc.rate.norm")) {
        return number(result.getScore()) + " B";
      }
    }
    return "unknown";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 1 ? "%.3f" : value < 100 ? "%.2f" : "%.0f", value);
  }
}
