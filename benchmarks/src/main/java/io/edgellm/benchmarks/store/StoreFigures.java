package io.edgellm.benchmarks.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Measures what a store costs and prints a Markdown table, which is also written to {@code
 * store.md}: on the disk of a given directory, and in memory, where forcing costs nothing. The
 * difference is what the disk takes to make things durable.
 */
public final class StoreFigures {
  private static final Path MEMORY = Path.of("/dev/shm");
  private static final int VERSIONS = 1000;

  private StoreFigures() {}

  /**
   * Measures.
   *
   * @param args a directory on the disk to measure, and, if there should be others than 1,000, how
   *     many versions the store holds
   * @throws Exception if something cannot be measured
   */
  public static void main(String[] args) throws Exception {
    Path output = Files.createDirectories(Path.of(args[0]));
    int versions = args.length > 1 ? Integer.parseInt(args[1]) : VERSIONS;
    StoreCosts disk = costs(output, versions);
    StoreCosts memory = costs(Files.isWritable(MEMORY) ? MEMORY : output, versions);
    HashingRate hashing = new HashingRate();
    hashing.measure(output);
    String table = table(disk, memory, hashing, versions);
    Files.writeString(output.resolve("store.md"), table);
    System.out.println(table);
  }

  private static StoreCosts costs(Path on, int versions) throws Exception {
    Path place = Files.createTempDirectory(on, "store-figures-");
    try {
      StoreCosts costs = new StoreCosts(place.resolve("store"), place.resolve("scratch"), versions);
      costs.measure();
      return costs;
    } finally {
      delete(place);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static String table(
      StoreCosts disk, StoreCosts memory, HashingRate hashing, int versions) {
    return "JDK %s, %s %s, %d processors; a store of %d versions%n%n"
            .formatted(
                System.getProperty("java.version"),
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                versions)
        + "| | median | 99 %% | in memory, without fsync: median | 99 %% | of it fsync | target |%n"
            .formatted()
        + "|---|---:|---:|---:|---:|---:|---|%n".formatted()
        + row("activate", disk.activate, memory.activate, "≤ 20 ms plus fsync")
        + row("mark healthy", disk.heal, memory.heal, "")
        + row("install (three small files)", disk.install, memory.install, "")
        + row("open", disk.open, memory.open, "≤ 200 ms")
        + row("list", disk.list, memory.list, "")
        + row("collect garbage, nothing to do", disk.idleCollection, memory.idleCollection, "")
        + row("collect garbage, all but two", disk.collection, memory.collection, "")
        + System.lineSeparator()
        + hashing.sentence();
  }

  private static String row(String what, Durations disk, Durations memory, String target) {
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %.0f %% | %s |%n",
        what,
        disk,
        memory,
        Math.max(0, 1 - memory.median() / disk.median()) * 100,
        target);
  }
}
