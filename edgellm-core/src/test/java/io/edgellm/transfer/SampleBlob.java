package io.edgellm.transfer;

import static io.edgellm.model.Artifact.CHUNK_BYTES;

import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Files of a release made of bytes by chance. */
final class SampleBlob {
  private SampleBlob() {}

  static byte[] bytes(int n, long seed) {
    byte[] bytes = new byte[n];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  static Artifact artifact(byte[] content) {
    List<Sha256> chunks = new ArrayList<>();
    for (int i = 0; i < content.length; i += CHUNK_BYTES) {
      chunks.add(
          Sha256.of(Arrays.copyOfRange(content, i, Math.min(content.length, i + CHUNK_BYTES))));
    }
    return new Artifact(
        "model.onnx",
        content.length,
        Sha256.of(content),
        "application/octet-stream",
        Artifact.Role.GRAPH,
        chunks);
  }
}
