package io.edgellm.internal.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFileTest {
  private final Path directory;

  DurableFileTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void replacesTheContent() throws IOException {
    Path file = directory.resolve("state");
    DurableFile.write(file, "old".getBytes(UTF_8));
    DurableFile.write(file, "new".getBytes(UTF_8));
    assertThat(file).hasContent("new");
  }

  @Test
  void leavesNoTemporaryFile() throws IOException {
    Path file = directory.resolve("state");
    DurableFile.write(file, "bytes".getBytes(UTF_8));
    assertThat(DurableFile.temporaryFor(file)).doesNotExist();
  }

  @Test
  void keepsTheOldContentAtEveryFailureBeforeTheRename() throws IOException {
    Path file = directory.resolve("state");
    DurableFile.write(file, "old".getBytes(UTF_8));
    for (int n = 1; n <= 3; n++) {
      Disk failing = FaultyDisk.failing(n, FaultyDisk.When.BEFORE);
      assertThatThrownBy(() -> DurableFile.write(failing, file, "new".getBytes(UTF_8)))
          .isInstanceOf(IOException.class);
      assertThat(file).hasContent("old");
      Files.deleteIfExists(DurableFile.temporaryFor(file));
    }
  }

  @Test
  void doesNotForceAgainWhatCouldNotBeForced() throws IOException {
    Path file = directory.resolve("state");
    FaultyDisk failing = FaultyDisk.failing(2, FaultyDisk.When.AFTER);
    assertThatThrownBy(() -> DurableFile.write(failing, file, "new".getBytes(UTF_8)))
        .isInstanceOf(IOException.class);
    assertThat(failing.operations()).as("write, force, delete").isEqualTo(3);
    assertThat(directory).isEmptyDirectory();
  }
}
