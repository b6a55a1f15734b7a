package io.edgellm.inference.drift;

import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** One SHA-256 over several files and their names: that of the text {@code sha256sum} prints. */
final class FileDigests {
  private FileDigests() {}

  /** Reads the files, by their names. */
  static Sha256 of(Map<String, Path> files) throws IOException {
    SortedMap<String, Sha256> digests = new TreeMap<>();
    for (Map.Entry<String, Path> file : files.entrySet()) {
      digests.put(file.getKey(), Sha256.of(file.getValue()));
    }
    return ofDigests(digests);
  }

  /** Takes digests that somebody else has found, by the names of the files. */
  static Sha256 ofDigests(SortedMap<String, Sha256> digests) {
    StringBuilder lines = new StringBuilder();
    digests.forEach((name, sha256) -> lines.append(sha256).append("  ").append(name).append('\n'));
    return Sha256.of(lines.toString().getBytes(StandardCharsets.UTF_8));
  }
}
