package io.edgellm.benchmarks.delta;

import io.edgellm.benchmarks.synthetic.ModelShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import joptsimple.OptionParser;
import joptsimple.OptionSet;
import joptsimple.OptionSpec;

/**
 * Makes fine-tunes of a synthetic model, brings each to somebody who has the base with every tool
 * that is installed, and writes the tables to {@code deltas.md}.
 */
public final class DeltaComparison {
  private final Path folder;
  private final Path output;
  private final int largeMebibytes;
  private final String shape;

  private DeltaComparison(Path folder, Path output, int largeMebibytes, String shape) {
    this.folder = folder;
    this.output = output;
    this.largeMebibytes = largeMebibytes;
    this.shape = shape;
  }

  /**
   * Runs the comparison.
   *
   * @param args the options; {@code --help} lists them
   * @throws IOException if a file cannot be written or a tool fails
   * @throws InterruptedException if this thread is interrupted
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    OptionParser parser = new OptionParser();
    OptionSpec<String> models =
        parser
            .accepts("models", "folder for the models, which are made once")
            .withRequiredArg()
            .defaultsTo("target/models");
    OptionSpec<String> output =
        parser
            .accepts("output", "folder for the report")
            .withRequiredArg()
            .defaultsTo("target/benchmarks");
    OptionSpec<String> shape =
        parser
            .accepts("shape", "size of the model: 4-layers or tiny")
            .withRequiredArg()
            .defaultsTo("4-layers");
    OptionSpec<Integer> large =
        parser
            .accepts("large", "MiB of the pair that memory is measured with; 0: none")
            .withRequiredArg()
            .ofType(Integer.class)
            .defaultsTo(1024);
    OptionSpec<Void> help = parser.accepts("help", "prints this").forHelp();
    OptionSet set = parser.parse(args);
    if (set.has(help)) {
      parser.printHelpOn(System.out);
      return;
    }
    new DeltaComparison(
            Path.of(models.value(set)).resolve("deltas").toAbsolutePath(),
            Path.of(output.value(set)),
            large.value(set),
            shape.value(set))
        .run();
  }

  private void run() throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Files.createDirectories(output);
    List<DeltaTool> tools = installed();
    List<FileChange> changes =
        new Changes(folder, ModelShape.named(shape), System.out::println).all();
    DeltaReport report = new DeltaReport(tools);
    for (FileChange change : changes) {
      System.out.println(change.name());
      report.add(change, measure(change, tools));
    }
    if (largeMebibytes > 0) {
      System.out.println(largeMebibytes + " MiB");
      FileChange large = LargePair.in(folder, largeMebibytes);
      report.addLarge(large, measure(large, DeltaTool.EDELTA));
      Files.delete(large.base());
      Files.delete(large.target());
    }
    String text = report.toMarkdown();
    Files.writeString(output.resolve("deltas.md"), text);
    System.out.println();
    System.out.println(text);
  }

  private static List<DeltaTool> installed() {
    if (!Files.isExecutable(Path.of("/usr/bin/time"))) {
      throw new IllegalStateException("GNU time is missing: install the package 'time'.");
    }
    List<DeltaTool> installed = new ArrayList<>();
    for (DeltaTool tool : DeltaTool.values()) {
      if (tool == DeltaTool.EDELTA || tool.missing().isEmpty()) {
        installed.add(tool);
      } else {
        System.out.println("Left out, since it is not installed: " + tool.missing());
      }
    }
    return installed;
  }

  private Map<DeltaTool, Measured> measure(FileChange change, List<DeltaTool> tools)
      throws IOException, InterruptedException {
    Map<DeltaTool, Measured> measured = new EnumMap<>(DeltaTool.class);
    for (DeltaTool tool : tools) {
      measured.put(tool, measure(change, tool));
    }
    return measured;
  }

  private Measured measure(FileChange change, DeltaTool tool)
      throws IOException, InterruptedException {
    Path scratch = folder.resolve("scratch");
    Changes.deleteTree(scratch);
    Files.createDirectories(scratch);
    Measured result = tool.measure(change, scratch);
    System.out.printf(Locale.ROOT, "  %s: %,d bytes%n", tool.title(), result.deltaBytes());
    Changes.deleteTree(scratch);
    return result;
  }
}
