package io.edgellm.benchmarks.delta;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A way to bring a new file to somebody who has the old one. */
enum DeltaTool {
  EDELTA("edelta", "java") {
    @Override
    Measured measure(FileChange change, Path scratch) throws IOException, InterruptedException {
      Path delta = scratch.resolve("edelta");
      Path regions = scratch.resolve("regions");
      DeltaProcess.writeAlignment(change.alignment(), regions);
      Path made = scratch.resolve("made");
      ProcessCost encode =
          run(scratch, DeltaProcess.encode(change.base(), change.target(), regions, delta));
      ProcessCost decode = run(scratch, DeltaProcess.decode(change.base(), delta, made));
      return checked(change, delta, made, encode, decode);
    }
  },
  BSDIFF("bsdiff", "bsdiff bspatch") {
    @Override
    Measured measure(FileChange change, Path scratch) throws IOException, InterruptedException {
      Path delta = scratch.resolve("bsdiff");
      Path made = scratch.resolve("made");
      return checked(
          change,
          delta,
          made,
          run(scratch, "bsdiff", change.base(), change.target(), delta),
          run(scratch, "bspatch", change.base(), made, delta));
    }
  },
  XDELTA3("xdelta3 -9", "xdelta3") {
    @Override
    Measured measure(FileChange change, Path scratch) throws IOException, InterruptedException {
      Path delta = scratch.resolve("xdelta3");
      Path made = scratch.resolve("made");
      String window = Long.toString(2 * Files.size(change.base()));
      return checked(
          change,
          delta,
          made,
          run(
              scratch,
              "xdelta3",
              "-f",
              "-9",
              "-B",
              window,
              "-e",
              "-s",
              change.base(),
              change.target(),
              delta),
          run(scratch, "xdelta3", "-f", "-B", window, "-d", "-s", change.base(), delta, made));
    }
  },
  ZSTD("zstd -19 --patch-from", "zstd") {
    @Override
    Measured measure(FileChange change, Path scratch) throws IOException, InterruptedException {
      Path delta = scratch.resolve("zstd");
      Path made = scratch.resolve("made");
      String from = "--patch-from=" + change.base();
      return checked(
          change,
          delta,
          made,
          run(scratch, "zstd", "-q", "-f", "-19", "--long=31", from, change.target(), "-o", delta),
          run(scratch, "zstd", "-q", "-f", "-d", "--long=31", from, delta, "-o", made));
    }
  },
  CASYNC("casync", "casync") {
    @Override
    Measured measure(FileChange change, Path scratch) throws IOException, InterruptedException {
      Path oldStore = scratch.resolve("old.castr");
      Path newStore = scratch.resolve("new.castr");
      Path newIndex = scratch.resolve("new.caibx");
      Path made = scratch.resolve("made");
      run(
          scratch,
          "casync",
          "make",
          "--store=" + oldStore,
          scratch.resolve("old.caibx"),
          change.base());
      ProcessCost encode =
          run(scratch, "casync", "make", "--store=" + newStore, newIndex, change.target());
      ProcessCost decode = run(scratch, "casync", "extract", "--store=" + newStore, newIndex, made);
      requireSame(change, made);
      Map<String, Long> missing = chunks(newStore);
      chunks(oldStore).keySet().forEach(missing::remove);
      long bytes = missing.values().stream().mapToLong(Long::longValue).sum();
      return new Measured(bytes + Files.size(newIndex), encode, decode);
    }

    private Map<String, Long> chunks(Path store) throws IOException {
      Map<String, Long> sizes = new HashMap<>();
      try (Stream<Path> files = Files.walk(store)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          sizes.put(file.getFileName().toString(), Files.size(file));
        }
      }
      return sizes;
    }
  };

  private final String title;
  private final String programs;

  DeltaTool(String title, String programs) {
    this.title = title;
    this.programs = programs;
  }

  String title() {
    return title;
  }

  /** Returns which of its programs are not on the path. */
  List<String> missing() {
    List<String> missing = new ArrayList<>(List.of(programs.split(" ", -1)));
    for (String directory : System.getenv("PATH").split(":", -1)) {
      missing.removeIf(program -> Files.isExecutable(Path.of(directory, program)));
    }
    return missing;
  }

  /**
   * Makes and applies a delta, and compares what came out.
   *
   * @param scratch an empty directory
   */
  abstract Measured measure(FileChange change, Path scratch)
      throws IOException, InterruptedException;

  private static ProcessCost run(Path scratch, Object... command)
      throws IOException, InterruptedException {
    return run(scratch, Stream.of(command).map(Object::toString).toList());
  }

  private static ProcessCost run(Path scratch, List<String> command)
      throws IOException, InterruptedException {
    return ProcessCost.of(scratch.resolve("log.txt"), command);
  }

  private static Measured checked(
      FileChange change, Path delta, Path made, ProcessCost encode, ProcessCost decode)
      throws IOException {
    requireSame(change, made);
    return new Measured(Files.size(delta), encode, decode);
  }

  private static void requireSame(FileChange change, Path made) throws IOException {
    if (Files.mismatch(change.target(), made) >= 0) {
      throw new IOException("What came out is not the new file of '" + change.name() + "'.");
    }
  }
}
