package io.edgellm.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessLocksTest {
  private final Path file;

  ProcessLocksTest(@TempDir Path directory) {
    file = directory.resolve("locks");
  }

  @Test
  void anExclusiveLockExcludesOthersOfItsName() throws IOException {
    try (ProcessLocks a = ProcessLocks.open(file);
        ProcessLocks b = ProcessLocks.open(file)) {
      assertThat(a.tryExclusive("x")).isPresent();
      assertThat(b.tryExclusive("x")).isEmpty();
      assertThat(b.tryShared("x")).isEmpty();
      assertThat(b.tryExclusive("y")).isPresent();
    }
  }

  @Test
  void sharedLocksOfTwoOpeningsStandSideBySide() throws IOException {
    try (ProcessLocks a = ProcessLocks.open(file);
        ProcessLocks b = ProcessLocks.open(file)) {
      ProcessLocks.Held first = a.tryShared("x").orElseThrow();
      ProcessLocks.Held second = b.tryShared("x").orElseThrow();
      first.close();
      assertThat(a.tryExclusive("x")).isEmpty();
      second.close();
      assertThat(a.tryExclusive("x")).isPresent();
    }
  }

  @Test
  void aLockOutlivesTheOpeningThatTookIt() throws IOException {
    ProcessLocks a = ProcessLocks.open(file);
    ProcessLocks.Held held = a.tryExclusive("x").orElseThrow();
    a.close();
    try (ProcessLocks b = ProcessLocks.open(file)) {
      assertThat(b.tryExclusive("x")).isEmpty();
      held.close();
      held.close();
      assertThat(b.tryExclusive("x")).isPresent();
    }
  }

  @Test
  void waitsNoLongerThanItIsTold() throws IOException {
    try (ProcessLocks a = ProcessLocks.open(file)) {
      assertThat(a.tryExclusive("x")).isPresent();
      assertThat(a.exclusive("x", Duration.ofMillis(1))).isEmpty();
    }
  }

  @Test
  void anInterruptedThreadTakesNoLockFromOthers() throws Exception {
    try (ProcessLocks a = ProcessLocks.open(file)) {
      assertThat(a.tryShared("x")).isPresent();
      Thread.currentThread().interrupt();
      a.tryShared("x").orElseThrow().close();
      a.tryExclusive("y").orElseThrow().close();
      assertThat(Thread.interrupted()).isTrue();
      assertThat(a.tryExclusive("x")).isEmpty();
      assertThat(a.tryExclusive("z")).isPresent();
    }
  }

  @Test
  void anotherProcessSeesALockUntilItsHolderDies() throws Exception {
    try (ProcessLocks locks = ProcessLocks.open(file)) {
      ProcessLocks.Held held = locks.tryExclusive("x").orElseThrow();
      assertThat(LockingProcess.start(file, "x").firstLine()).isEqualTo("busy");
      held.close();
      LockingProcess child = LockingProcess.start(file, "x");
      assertThat(child.firstLine()).isEqualTo("held");
      assertThat(locks.tryExclusive("x")).isEmpty();
      child.kill();
      assertThat(locks.tryExclusive("x")).isPresent();
    }
  }
}
