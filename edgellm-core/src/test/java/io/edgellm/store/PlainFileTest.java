package io.edgellm.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlainFileTest {
  private final Path path;

  PlainFileTest(@TempDir Path directory) {
    path = directory.resolve("assistant");
  }

  @Test
  void aDirectoryThatComesAndGoesIsNeverTakenForSomethingElse() throws Exception {
    AtomicBoolean living = new AtomicBoolean(true);
    Thread owner =
        new Thread(
            () -> {
              while (living.get()) {
                comeAndGo();
              }
            });
    owner.start();
    try {
      for (int i = 0; i < 20_000; i++) {
        assertThat(PlainFile.isOtherThanDirectory(path)).as("look %d", i).isFalse();
      }
    } finally {
      living.set(false);
      owner.join();
    }
  }

  private void comeAndGo() {
    try {
      Files.createDirectory(path);
      Files.delete(path);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aFileAndALinkToADirectoryAreOtherThanADirectory() throws IOException {
    Files.createFile(path);
    assertThat(PlainFile.isOtherThanDirectory(path)).isTrue();
    Files.delete(path);
    Files.createSymbolicLink(path, path.resolveSibling(""));
    assertThat(PlainFile.isOtherThanDirectory(path)).isTrue();
  }
}
