package io.edgellm.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.edgellm.model.ModelVersion;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.Verdict;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store on a file system of a few hundred kilobytes that is filled to the last byte. */
class FullDiskTest {
  private static final StoreOptions OPTIONS = StoreOptions.defaults().withReserveBytes(0);

  private final Path mount;
  private final Publisher publisher;
  private final ModelVerifier verifier;
  private boolean mounted;

  FullDiskTest(@TempDir Path directory) throws IOException {
    mount = Files.createDirectory(directory.resolve("small"));
    publisher = new Publisher(directory.resolve("scratch"));
    verifier = publisher.verifier();
  }

  @BeforeEach
  void mountASmallDisk() throws Exception {
    mounted = succeeds("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", mount.toString());
    assumeTrue(mounted, "Needs Linux, root and the right to mount a tmpfs.");
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      assertThat(succeeds("umount", mount.toString())).isTrue();
    }
  }

  private static boolean succeeds(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private ModelStore open() {
    return ModelStore.open(mount.resolve("store"), OPTIONS);
  }

  /** Takes every byte that is left. */
  private Path fill() throws IOException {
    Path ballast = mount.resolve("ballast");
    byte[] piece = new byte[4096];
    IOException full = null;
    while (full == null) {
      try {
        Files.write(ballast, piece, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      } catch (IOException e) {
        full = e;
      }
    }
    return ballast;
  }

  private static void assertFull(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.NO_SPACE));
  }

  private void requireServable(ModelStore store, String version) {
    assertThat(store.state(TestRelease.MODEL).current()).hasToString(version);
    try (Lease lease = store.lease(TestRelease.MODEL)) {
      assertThat(lease.verify(verifier)).isInstanceOf(Verdict.Verified.class);
    }
  }

  @Test
  void aDownloadIsRefusedBeforeItBegins() throws IOException {
    TestRelease release = publisher.release("1.0.0");
    try (ModelStore store = open()) {
      Path ballast = fill();
      assertFull(() -> store.requireSpace(release.manifest()));
      assertFull(() -> store.openPartial(release.manifest().files().get(0)));
      Files.delete(ballast);
      release.commitIn(store, verifier);
      requireServable(store, "1.0.0");
    }
  }

  @Test
  void anInstallationLeavesNothingBehindAndCanBeRepeated() throws IOException {
    TestRelease release = publisher.release("1.0.0");
    try (ModelStore store = open()) {
      release.fetchInto(store);
      Path ballast = fill();
      assertFull(() -> store.install(release.papers(), verifier));
      assertThat(store.list()).isEmpty();
      assertThat(mount.resolve("store/.edgellm/staging")).isEmptyDirectory();
      assertThat(store.missing(release.manifest())).as("what was fetched stays").isEmpty();
      Files.delete(ballast);
      release.commitIn(store, verifier);
      requireServable(store, "1.0.0");
    }
  }

  @Test
  void anActivationChangesNothing() throws IOException {
    TestRelease one = publisher.release("1.0.0");
    TestRelease two = publisher.release("2.0.0");
    try (ModelStore store = open()) {
      one.commitIn(store, verifier);
      two.installInto(store, verifier);
      ModelState before = store.state(TestRelease.MODEL);
      Path ballast = fill();
      assertFull(() -> two.activateIn(store, verifier));
      assertFull(() -> store.pin(TestRelease.MODEL, ModelVersion.parse("1.0.0")));
      assertThat(store.state(TestRelease.MODEL)).isEqualTo(before);
      requireServable(store, "1.0.0");
      Files.delete(ballast);
      two.activateIn(store, verifier);
      requireServable(store, "2.0.0");
    }
  }

  private StoreException.Reason reasonOf(String text) {
    Path file = mount.resolve("store/file");
    IOException failure = new FileSystemException(file.toString(), null, text);
    return StoreException.of(failure, "writing", file).reason();
  }

  @Test
  void isKnownWhateverLanguageTheSystemSpeaks() throws Exception {
    fill();
    assertThat(reasonOf("Auf dem Ger\u00e4t ist kein Speicherplatz mehr verf\u00fcgbar"))
        .isEqualTo(StoreException.Reason.NO_SPACE);
    assertThat(succeeds("mount", "-o", "remount,ro", mount.toString())).isTrue();
    assertThat(reasonOf("Das Dateisystem ist nur lesbar"))
        .isEqualTo(StoreException.Reason.READ_ONLY);
  }

  @Test
  void aStoreOpensOnAFullDiskAndMakesRoomItself() throws IOException {
    TestRelease one = publisher.release("1.0.0");
    TestRelease two = publisher.release("2.0.0");
    try (ModelStore store = open()) {
      one.commitIn(store, verifier);
      two.installInto(store, verifier);
    }
    fill();
    try (ModelStore store = open()) {
      assertThat(store.recovery().problems()).isEmpty();
      requireServable(store, "1.0.0");
      store.remove(TestRelease.MODEL, two.version());
      assertThat(store.pin(TestRelease.MODEL, one.version()).pins()).contains(one.version());
      requireServable(store, "1.0.0");
    }
  }
}
