package io.edgellm.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.model.Artifact;
import io.edgellm.model.Delta;
import io.edgellm.model.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** An old file, a new file and the delta between them, on the disk. */
final class DeltaFiles {
  private final Path base;
  private final Path target;
  private final Path file;
  private final byte[] newBytes;

  DeltaFiles(Path directory, byte[] oldBytes, byte[] newBytes) throws IOException {
    this.base = Files.write(directory.resolve("base"), oldBytes);
    this.target = Files.write(directory.resolve("target"), newBytes);
    this.file = directory.resolve("delta");
    this.newBytes = newBytes;
  }

  /** Makes the delta, however large it is. */
  EncodedDelta encode(TensorAlignment alignment) {
    return new DeltaEncoder(1000)
        .encode(base, target, alignment, file, DeltaListener.silent(), () -> false)
        .orElseThrow();
  }

  /** What a manifest says of the delta. */
  Delta described() throws IOException {
    return described(Sha256.of(base), Sha256.of(target), Files.readAllBytes(file));
  }

  private static Delta described(Sha256 base, Sha256 target, byte[] delta) {
    List<Sha256> chunks = new ArrayList<>();
    for (int i = 0; i < Artifact.chunkCount(delta.length); i++) {
      chunks.add(Sha256.of(new byte[0]));
    }
    return new Delta(
        base,
        target,
        new Artifact(
            "x.edelta",
            delta.length,
            Sha256.of(delta),
            "application/octet-stream",
            Artifact.Role.DELTA,
            chunks));
  }

  byte[] bytes() throws IOException {
    return Files.readAllBytes(file);
  }

  void replace(byte[] delta) throws IOException {
    Files.write(file, delta);
  }

  Path base() {
    return base;
  }

  Path target() {
    return target;
  }

  Path file() {
    return file;
  }

  /** Decodes some chunks, each of which must be right. */
  byte[] decode(Delta expected, BitSet wanted) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    decode(
        expected,
        wanted,
        (chunk, bytes) -> {
          if (!isRight(chunk, bytes)) {
            return false;
          }
          byte[] taken = new byte[bytes.remaining()];
          bytes.duplicate().get(taken);
          out.writeBytes(taken);
          return true;
        });
    return out.toByteArray();
  }

  byte[] decodeAll() throws IOException {
    BitSet all = new BitSet();
    all.set(0, (int) Artifact.chunkCount(newBytes.length));
    return decode(described(), all);
  }

  void decode(Delta expected, BitSet wanted, DeltaDecoder.Sink sink) throws IOException {
    try (FileChannel delta = FileChannel.open(file);
        FileChannel old = FileChannel.open(base)) {
      DeltaDecoder decoder = DeltaDecoder.open(expected, delta, old);
      assertThat(decoder.targetBytes()).isEqualTo(newBytes.length);
      decoder.decode(wanted, sink);
    }
  }

  /** What a store does, which knows the digests of the chunks. */
  boolean isRight(int chunk, ByteBuffer bytes) {
    int start = chunk * Artifact.CHUNK_BYTES;
    int length = Math.min(Artifact.CHUNK_BYTES, newBytes.length - start);
    return bytes.equals(ByteBuffer.wrap(newBytes, start, length));
  }
}
