package io.edgellm.inference.drift;

import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** One SHA-256 over several files and their names: that of the text {@code sha256sum} prints. */
final class FileDigests {
  private FileDigests() {}

  static Sha256 of(Map<String, Path> files) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (Map.Entry<String, Path> file : files.entrySet()) {
      lines.append(Sha256.of(file.getValue()).hex()).append("  ").append(file.getKey());
      lines.append('\n');
    }
    return Sha256.of(lines.toString().getBytes(StandardCharsets.UTF_8));
  }
}
