package io.edgellm.inference.quantize;

import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** One SHA-256 over several files and their names: that of the text {@code sha256sum} prints. */
final class SourceDigest {
  private SourceDigest() {}

  static Sha256 of(ModelDirectory directory, Collection<Path> files) throws IOException {
    TreeMap<String, Path> byName = new TreeMap<>();
    for (Path file : files) {
      byName.put(directory.name(file), file);
    }
    StringBuilder lines = new StringBuilder();
    for (Map.Entry<String, Path> file : byName.entrySet()) {
      lines.append(Sha256.of(file.getValue()).hex()).append("  ").append(file.getKey());
      lines.append('\n');
    }
    return Sha256.of(lines.toString().getBytes(StandardCharsets.UTF_8));
  }
}
