package io.edgellm.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs the benchmarks and writes {@code results.json} (JMH's own format) and {@code results.md} (a
 * table for people), with the allocation of every operation.
 *
 * <p>Each benchmark runs in a JVM of its own; how often and how long is written on it, and the
 * arguments of JMH override it.
 */
public final class Benchmarks {
  private Benchmarks() {}

  /**
   * Runs what the arguments ask for.
   *
   * @param args the directory for the results, then the arguments of JMH
   * @throws IOException if the results cannot be written
   * @throws RunnerException if a benchmark fails
   * @throws CommandLineOptionException if JMH does not understand its arguments
   */
  public static void main(String[] args)
      throws IOException, RunnerException, CommandLineOptionException {
    Path directory = Files.createDirectories(Path.of(args[0]));
    String[] jmhArgs = Arrays.copyOfRange(args, 1, args.length);
    Options options =
        new OptionsBuilder()
            .parent(new CommandLineOptions(jmhArgs))
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .resultFormat(ResultFormatType.JSON)
            .result(directory.resolve("results.json").toString())
            .build();
    Collection<RunResult> results = new Runner(options).run();
    String table = ResultTable.of(results);
    Files.writeString(directory.resolve("results.md"), table);
    System.out.println();
    System.out.println(table);
  }
}
