package io.edgellm.peer;

import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A file of random bytes. */
record TestBlob(Artifact artifact, List<byte[]> chunks) {
  static byte[] bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static TestBlob of(byte[] bytes) {
    List<byte[]> chunks = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += Artifact.CHUNK_BYTES) {
      chunks.add(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + Artifact.CHUNK_BYTES)));
    }
    Artifact artifact =
        new Artifact(
            "weights.bin",
            bytes.length,
            Sha256.of(bytes),
            "application/octet-stream",
            Artifact.Role.WEIGHTS,
            chunks.stream().map(Sha256::of).toList());
    return new TestBlob(artifact, chunks);
  }
}
