package io.edgellm.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/** Puts the stores of many devices into memory, where the machine has room for it. */
final class FastTempDir implements TempDirFactory {
  private static final Path MEMORY = Path.of("/dev/shm");
  private static final long WANTED_BYTES = 2L << 30;

  @Override
  public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
      throws IOException {
    boolean fits =
        Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() > WANTED_BYTES;
    return fits
        ? Files.createTempDirectory(MEMORY, "edgellm-site")
        : Files.createTempDirectory("edgellm-site");
  }
}
