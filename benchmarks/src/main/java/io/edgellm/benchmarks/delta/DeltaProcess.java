package io.edgellm.benchmarks.delta;

import io.edgellm.delta.DeltaDecoder;
import io.edgellm.delta.DeltaEncoder;
import io.edgellm.delta.DeltaListener;
import io.edgellm.delta.ElementKind;
import io.edgellm.delta.EncodedDelta;
import io.edgellm.delta.TensorAlignment;
import io.edgellm.delta.TensorAlignment.Region;
import io.edgellm.model.Artifact;
import io.edgellm.model.Delta;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;

/** The encoder and the decoder, each in a process of its own. */
public final class DeltaProcess {
  /** What a small device can spare. */
  static final List<String> DECODER_OPTIONS =
      List.of("-Xmx24m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xss256k", "-Xshare:auto");

  private static final List<String> ENCODER_OPTIONS = List.of("-Xmx64m", "-XX:+UseSerialGC");
  private static final String ENCODE = "encode";
  private static final String DECODE = "decode";

  private DeltaProcess() {}

  /**
   * Runs one of the two.
   *
   * @param args as the methods below put them together
   */
  public static void main(String[] args) throws IOException {
    if (args[0].equals(ENCODE)) {
      encodeFiles(Path.of(args[1]), Path.of(args[2]), Path.of(args[3]), Path.of(args[4]));
    } else {
      decodeFiles(Path.of(args[1]), Path.of(args[2]), Path.of(args[3]));
    }
  }

  static List<String> encode(Path base, Path target, Path regions, Path delta) {
    return command(ENCODER_OPTIONS, ENCODE, base, target, regions, delta);
  }

  static List<String> decode(Path base, Path delta, Path made) {
    return command(DECODER_OPTIONS, DECODE, base, delta, made);
  }

  private static List<String> command(List<String> options, String task, Path... files) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(DeltaProcess.class.getName());
    command.add(task);
    for (Path file : files) {
      command.add(file.toString());
    }
    return command;
  }

  static void writeAlignment(TensorAlignment alignment, Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Region region : alignment.regions()) {
      lines.add(
          "%d %d %d %s"
              .formatted(
                  region.targetOffset(), region.baseOffset(), region.lengthBytes(), region.kind()));
    }
    Files.write(file, lines);
  }

  private static TensorAlignment readAlignment(Path file) throws IOException {
    List<Region> regions = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      String[] fields = line.split(" ", -1);
      regions.add(
          new Region(
              Long.parseLong(fields[0]),
              Long.parseLong(fields[1]),
              Long.parseLong(fields[2]),
              ElementKind.valueOf(fields[3])));
    }
    return new TensorAlignment(regions);
  }

  private static void encodeFiles(Path base, Path target, Path regions, Path delta)
      throws IOException {
    EncodedDelta made =
        new DeltaEncoder(1)
            .encode(
                base, target, readAlignment(regions), delta, DeltaListener.silent(), () -> false)
            .orElseThrow(() -> new IOException("The delta is larger than the file."));
    // What a manifest says of it, for the decoder.
    Files.writeString(described(delta), made.base() + " " + made.target());
  }

  private static Path described(Path delta) {
    return delta.resolveSibling(delta.getFileName() + ".digests");
  }

  private static void decodeFiles(Path base, Path deltaFile, Path made) throws IOException {
    String[] digests = Files.readString(described(deltaFile)).split(" ", -1);
    long size = Files.size(deltaFile);
    Sha256 unused = new Sha256(digests[0]);
    Delta delta =
        new Delta(
            new Sha256(digests[0]),
            new Sha256(digests[1]),
            new Artifact(
                "x.edelta",
                size,
                unused,
                "application/octet-stream",
                Artifact.Role.DELTA,
                Collections.nCopies((int) Artifact.chunkCount(size), unused)));
    try (FileChannel file = FileChannel.open(deltaFile);
        FileChannel old = FileChannel.open(base);
        FileChannel out =
            FileChannel.open(made, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      DeltaDecoder decoder = DeltaDecoder.open(delta, file, old);
      BitSet all = new BitSet();
      all.set(0, decoder.segments());
      decoder.decode(all, (chunk, bytes) -> write(out, chunk, bytes));
    }
  }

  private static boolean write(FileChannel out, int chunk, ByteBuffer bytes) {
    try {
      long position = (long) chunk * Artifact.CHUNK_BYTES;
      while (bytes.hasRemaining()) {
        position += out.write(bytes, position);
      }
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
