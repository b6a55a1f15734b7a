package io.edgellm.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.model.ModelVersion;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.Verdict;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreProcessesTest {
  private static final ModelVersion ONE = ModelVersion.parse("1.0.0");

  private final Path directory;
  private final Path root;
  private final Publisher publisher;
  private final ModelVerifier verifier;
  private final ModelStore store;

  StoreProcessesTest(@TempDir Path directory) {
    this.directory = directory;
    root = directory.resolve("store");
    publisher = new Publisher(directory.resolve("scratch"));
    verifier = publisher.verifier();
    store =
        ModelStore.open(
            root, StoreOptions.defaults().withReserveBytes(0).withLockWait(Duration.ofMillis(20)));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static void assertRefused(StoreException.Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void isRefusedWhileAnotherProcessChangesTheStore() throws IOException {
    publisher.release("1.0.0").commitIn(store, verifier);
    try (StoreProcess other = StoreProcess.start("lock", root.toString())) {
      assertThat(other.readLine()).isEqualTo("ready");
      assertRefused(StoreException.Reason.BUSY, () -> store.pin(TestRelease.MODEL, ONE));
      store.lease(TestRelease.MODEL).close();
      other.kill();
      store.pin(TestRelease.MODEL, ONE);
    }
  }

  @Test
  void sparesWhatAnotherProcessHasLeasedUntilItDies() throws IOException {
    publisher.release("1.0.0").installInto(store, verifier);
    try (StoreProcess other = StoreProcess.start("lease", root.toString(), "1.0.0")) {
      assertThat(other.readLine()).isEqualTo("ready");
      assertRefused(StoreException.Reason.IN_USE, () -> store.remove(TestRelease.MODEL, ONE));
      other.kill();
      store.remove(TestRelease.MODEL, ONE);
    }
  }

  /** What a plug-in or web application with this library does, and another one beside it. */
  private static void openAndCloseInAnotherClassLoader(Path root) throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String path : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      urls.add(Path.of(path).toUri().toURL());
    }
    try (URLClassLoader other =
        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Class<?> stores = other.loadClass(ModelStore.class.getName());
      Class<?> options = other.loadClass(StoreOptions.class.getName());
      assertThat(stores).isNotEqualTo(ModelStore.class);
      Object defaults = options.getMethod("defaults").invoke(null);
      ((AutoCloseable) stores.getMethod("open", Path.class, options).invoke(null, root, defaults))
          .close();
    }
  }

  @Test
  void keepsALeaseWhenAnotherClassLoaderClosesTheStore() throws Exception {
    publisher.release("1.0.0").installInto(store, verifier);
    try (Lease lease = store.lease(TestRelease.MODEL, ONE)) {
      openAndCloseInAnotherClassLoader(root);
      try (StoreProcess other = StoreProcess.start("remove", root.toString(), "1.0.0")) {
        assertThat(other.readLine()).isEqualTo("IN_USE");
      }
      assertThat(lease.verify(verifier)).isInstanceOf(Verdict.Verified.class);
    }
    try (StoreProcess other = StoreProcess.start("remove", root.toString(), "1.0.0")) {
      assertThat(other.readLine()).isEqualTo("removed");
    }
  }

  @Test
  void leavesADownloadToTheProcessThatBeganIt() throws IOException {
    TestRelease release = publisher.release("1.0.0");
    Path manifest = Files.write(directory.resolve("release.json"), release.json());
    try (StoreProcess other = StoreProcess.start("fetch", root.toString(), manifest.toString())) {
      assertThat(other.readLine()).isEqualTo("ready");
      assertRefused(
          StoreException.Reason.BUSY, () -> store.openPartial(release.manifest().files().get(0)));
      other.kill();
      release.installInto(store, verifier);
    }
  }

  @Test
  void ofTwoProcessesThatInstallOneVersionOneDoesAndTheOtherIsToldSo() throws IOException {
    Path shelf = directory.resolve("shelf");
    List<TestRelease> releases =
        ReleaseShelf.publish(publisher, List.of(TestRelease.MODEL), 8, 300_000);
    new ReleaseShelf(shelf).put(releases, publisher.publicKeyPem());
    List<String> said = new ArrayList<>();
    try (StoreProcess one = StoreProcess.start("install", root.toString(), shelf.toString());
        StoreProcess two = StoreProcess.start("install", root.toString(), shelf.toString())) {
      for (StoreProcess process : List.of(one, two)) {
        for (int i = 0; i < releases.size(); i++) {
          said.add(process.readLine());
        }
        assertThat(process.readLine()).isEqualTo("ready");
      }
    }
    for (TestRelease release : releases) {
      assertThat(said)
          .filteredOn(line -> String.valueOf(line).startsWith(release.version() + " "))
          .containsExactlyInAnyOrder(
              release.version() + " installed", release.version() + " ALREADY_INSTALLED");
      try (Lease lease = store.lease(TestRelease.MODEL, release.version())) {
        assertThat(lease.verify(verifier)).isInstanceOf(Verdict.Verified.class);
      }
    }
  }
}
