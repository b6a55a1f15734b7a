package io.edgellm.inference.quantize;

import io.edgellm.inference.quantize.QuantizationException.Reason;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The files that the result is made of, and how they were when they were first looked at. */
final class SourceFiles {
  private final ModelDirectory directory;
  private final Map<String, Seen> files = new TreeMap<>();

  private record Seen(Path file, Stamp stamp) {}

  private record Stamp(long sizeBytes, FileTime modified, @Nullable Object key) {
    static Stamp of(Path file) throws IOException {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(now.size(), now.lastModifiedTime(), now.fileKey());
    }
  }

  SourceFiles(ModelDirectory directory) {
    this.directory = directory;
  }

  /** Adds a file, before it is read. */
  void add(Path file) throws IOException {
    String name = directory.name(file);
    if (!files.containsKey(name)) {
      files.put(name, new Seen(file, Stamp.of(file)));
    }
  }

  boolean contains(Path file) {
    return files.containsKey(directory.name(file));
  }

  /** Returns the size of all files so far. */
  long bytes() {
    return files.values().stream().mapToLong(seen -> seen.stamp().sizeBytes()).sum();
  }

  /**
   * Returns one SHA-256 over all files and their names: that of the text {@code sha256sum} prints.
   *
   * @throws QuantizationException with {@code SOURCE_CHANGED} if a file is not as it was when it
   *     was added
   */
  Sha256 digest() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (Map.Entry<String, Seen> file : files.entrySet()) {
      lines.append(Sha256.of(file.getValue().file()).hex()).append("  ").append(file.getKey());
      lines.append('\n');
    }
    for (Map.Entry<String, Seen> file : files.entrySet()) {
      if (!Stamp.of(file.getValue().file()).equals(file.getValue().stamp())) {
        throw new QuantizationException(
            Reason.SOURCE_CHANGED,
            file.getKey()
                + " was changed while it was read: quantize again when the export is complete.",
            file.getKey());
      }
    }
    return Sha256.of(lines.toString().getBytes(StandardCharsets.UTF_8));
  }
}
