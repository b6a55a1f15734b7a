package io.edgellm.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.internal.io.crash.MemoryDirectory;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Does every damage to every name in a store of two models: the answer is a named error or a
 * repair, the other model is served all the same, nothing outside of the store is read into it or
 * written, and nothing waits for ever.
 */
@Timeout(value = 5, unit = java.util.concurrent.TimeUnit.MINUTES)
class StoreDamageTest {
  private static final StoreOptions OPTIONS =
      StoreOptions.defaults().withReserveBytes(0).withLockWait(Duration.ofSeconds(1));
  private static final ModelId ASSISTANT = TestRelease.MODEL;
  private static final ModelId TRANSLATOR = new ModelId("translator");
  private static final String OUTSIDE = "what stands outside";

  /** While these are damaged, there is no store; which is said with a name. */
  private static final Set<String> KEYS = Set.of(".edgellm", ".edgellm/format", ".edgellm/locks");

  private final Path directory;
  private final Path template;
  private final ModelVerifier verifier;
  private final List<TestRelease> releases;
  private int cases;

  StoreDamageTest(@TempDir(factory = MemoryDirectory.class) Path directory) throws IOException {
    this.directory = directory.toRealPath();
    template = this.directory.resolve("template");
    Publisher publisher = new Publisher(directory.resolve("scratch"));
    verifier = publisher.verifier();
    releases =
        List.of(release(publisher, ASSISTANT, "1.0.0"), release(publisher, TRANSLATOR, "1.0.0"));
    try (ModelStore store = ModelStore.open(template, OPTIONS)) {
      for (TestRelease release : releases) {
        release.commitIn(store, verifier);
      }
      TestRelease next = release(publisher, TRANSLATOR, "2.0.0");
      try (PartialBlob partial = store.openPartial(next.manifest().files().get(0)).orElseThrow()) {
        Files.writeString(partial.path(), "some");
      }
    }
  }

  /** The models have nothing in common. */
  private static TestRelease release(Publisher publisher, ModelId model, String version)
      throws IOException {
    Map<String, byte[]> files = new TreeMap<>(TestRelease.files(model + version));
    files.remove("tokenizer.json");
    return publisher.sign(TestRelease.manifest(model, version, 0, files), files);
  }

  private List<String> names(boolean directories) throws IOException {
    try (Stream<Path> all = Files.walk(template)) {
      return all.filter(p -> !p.equals(template))
          .filter(p -> Files.isDirectory(p, LinkOption.NOFOLLOW_LINKS) == directories)
          .map(p -> template.relativize(p).toString())
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @EnumSource(Damage.class)
  void everyFile(Damage damage) throws IOException {
    for (String name : names(false)) {
      boolean link = Files.isSymbolicLink(template.resolve(name));
      if (!link || damage.compareTo(Damage.REMOVED) >= 0) {
        survive(
            damage + " " + name,
            List.of(name),
            (root, outside) -> {
              damage.of(root.resolve(name), outside);
            });
      }
    }
    System.out.printf("%s: %d files%n", damage, cases);
  }

  @ParameterizedTest
  @EnumSource(
      value = Damage.class,
      names = {"REMOVED", "FILE", "LINK", "DANGLING_LINK", "PIPE"})
  void everyDirectory(Damage damage) throws IOException {
    for (String name : names(true)) {
      survive(
          damage + " " + name,
          List.of(name),
          (root, outside) -> damage.of(root.resolve(name), outside));
    }
    System.out.printf("%s: %d directories%n", damage, cases);
  }

  @Test
  void everyTwoFilesThatAreExchanged() throws IOException {
    List<String> names = names(false);
    for (int i = 0; i < names.size(); i++) {
      for (int step : new int[] {1, 5}) {
        String one = names.get(i);
        String other = names.get((i + step) % names.size());
        survive(
            "exchange of " + one + " and " + other,
            List.of(one, other),
            (root, outside) -> Damage.swap(root.resolve(one), root.resolve(other)));
      }
    }
    System.out.printf("exchanged: %d%n", cases);
  }

  @Test
  void foreignFilesEverywhere() throws IOException {
    for (String name : names(true)) {
      for (Damage damage : List.of(Damage.FILE, Damage.DIRECTORY, Damage.LINK, Damage.PIPE)) {
        String foreign = name + "/foreign";
        survive(
            damage + " " + foreign,
            List.of(name),
            (root, outside) -> {
              Files.createFile(root.resolve(foreign));
              damage.of(root.resolve(foreign), outside);
            });
      }
    }
    System.out.printf("foreign: %d%n", cases);
  }

  private interface Deed {
    void to(Path root, Path outside) throws IOException;
  }

  private void survive(String what, List<String> names, Deed deed) throws IOException {
    Path place = Files.createDirectory(directory.resolve("case-" + cases++));
    Path root = place.resolve("store");
    Path outside = Files.createDirectory(place.resolve("outside"));
    copy(template, root);
    Files.writeString(outside.resolve("canary"), OUTSIDE);
    String before;
    try (ModelStore open = ModelStore.open(root, OPTIONS)) {
      deed.to(root, outside);
      before = Damage.describe(outside);
      useOfEverything(open);
    }
    boolean opens = healAndServe(what, names, root);
    assertThat(opens || KEYS.contains(names.get(0)) || KEYS.contains(names.get(names.size() - 1)))
        .as("%s: opens", what)
        .isTrue();
    assertThat(Damage.describe(outside)).as(what).isEqualTo(before);
    FileTree.delete(io.edgellm.internal.io.Disk.local(), place);
  }

  private boolean healAndServe(String what, List<String> names, Path root) throws IOException {
    try (ModelStore store = ModelStore.open(root, OPTIONS)) {
      try {
        for (TestRelease release : releases) {
          if (names.stream().noneMatch(name -> concerns(release, name))) {
            requireServed(what, store, release);
          }
        }
        useOfEverything(store);
        store.care().repair(CareListener.NONE);
        for (TestRelease release : releases) {
          heal(root, store, release);
        }
        for (TestRelease release : releases) {
          requireServed(what, store, release);
        }
        assertThat(store.care().verify(CareListener.NONE).findings())
            .as(what)
            .noneMatch(StoreFinding::isHarmful);
        store.collectGarbage();
      } catch (StoreException e) {
        throw new AssertionError(what, e);
      }
    } catch (StoreException e) {
      return false;
    }
    try (ModelStore again = ModelStore.open(root, OPTIONS)) {
      assertThat(again.recovery().problems()).as(what).isEmpty();
    }
    return true;
  }

  private static boolean concerns(TestRelease release, String name) {
    String model = release.manifest().model().value();
    return name.equals(model)
        || name.startsWith(model + "/")
        || release.manifest().files().stream().anyMatch(f -> name.contains(f.sha256().hex()));
  }

  private void requireServed(String what, ModelStore store, TestRelease release) {
    try (Lease lease = store.lease(release.manifest().model(), release.version())) {
      assertThat(lease.verify(verifier)).as(what).isInstanceOf(Verdict.Verified.class);
    }
  }

  private void heal(Path root, ModelStore store, TestRelease release) throws IOException {
    ModelId model = release.manifest().model();
    release.fetchInto(store);
    if (!new InstalledVersions(new StoreLayout(root)).isInstalled(model, release.version())) {
      install(store, release);
    } else {
      store.care().repair(release.papers(), verifier);
    }
  }

  /** Whose it is that stands in the place of a model, only a person knows. */
  private void install(ModelStore store, TestRelease release) throws IOException {
    try {
      store.install(release.papers(), verifier);
    } catch (StoreException e) {
      assertThat(e.reason()).isEqualTo(StoreException.Reason.NAME_CLASH);
      Files.delete(Path.of(e.subject().orElseThrow()));
      store.install(release.papers(), verifier);
    }
  }

  private interface Call {
    void run() throws IOException;
  }

  /** Whatever fails does so with a name. */
  private static void attempt(Call call) throws IOException {
    try {
      call.run();
    } catch (StoreException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  private void useOfEverything(ModelStore store) throws IOException {
    attempt(store::list);
    attempt(store::usage);
    attempt(() -> store.care().verify(CareListener.NONE));
    attempt(() -> store.care().quarantined());
    for (TestRelease release : releases) {
      ModelId model = release.manifest().model();
      ModelVersion version = release.version();
      attempt(() -> store.list(model));
      attempt(() -> store.state(model));
      attempt(() -> store.find(model, version));
      attempt(() -> store.missing(release.manifest()));
      attempt(() -> store.requireSpace(release.manifest()));
      attempt(
          () -> {
            try (Lease lease = store.lease(model, version)) {
              lease.verify(verifier);
            }
          });
      attempt(() -> store.pin(model, version));
      attempt(() -> store.unpin(model, version));
      attempt(() -> store.chargeAttempt(model));
    }
    attempt(store::collectGarbage);
  }

  private static void copy(Path from, Path to) throws IOException {
    Map<Object, Path> copied = new HashMap<>();
    List<Path> all = new ArrayList<>();
    try (Stream<Path> paths = Files.walk(from)) {
      paths.filter(p -> !p.endsWith("locks")).forEach(all::add);
    }
    for (Path path : all) {
      Path target = to.resolve(from.relativize(path).toString());
      BasicFileAttributes attributes =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      Path first = copied.putIfAbsent(attributes.fileKey(), target);
      if (first != null) {
        Files.createLink(target, first);
      } else {
        Files.copy(path, target, LinkOption.NOFOLLOW_LINKS);
      }
    }
  }
}
