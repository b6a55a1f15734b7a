package io.edgellm.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.edgellm.internal.io.FaultyDisk;
import io.edgellm.internal.io.crash.DiskLog;
import io.edgellm.internal.io.crash.DiskTree;
import io.edgellm.internal.io.crash.RecordingDisk;
import io.edgellm.model.Artifact;
import io.edgellm.model.ModelId;
import io.edgellm.trust.ModelVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Steps that a program takes with a store, each of them a call that promises to be durable, and
 * what is known of the store after each.
 */
final class StoreLife {
  /** Everything that was done to the disk, and what was known before and after each step. */
  record Recorded(DiskLog log, List<StoreFacts> facts) {}

  interface Step {
    void run(StoreLife life) throws IOException;
  }

  /** The program ends here; no handler of ours may run on. */
  private static final class ProgramEnds extends Error {
    private static final long serialVersionUID = 1L;
  }

  private final StoreOptions options;
  private final ModelVerifier verifier;
  private final Path root;
  private final RecordingDisk disk;
  private final List<StoreFacts> facts = new ArrayList<>();
  private ModelStore store;

  private StoreLife(StoreOptions options, ModelVerifier verifier, Path root, RecordingDisk disk) {
    this.options = options;
    this.verifier = verifier;
    this.root = root;
    this.disk = disk;
    this.store = ModelStore.open(root, options, disk);
  }

  /**
   * Opens a store, takes the steps, and closes it.
   *
   * @param device the directory in which the store stands, with everything in it durable
   * @param before what was known of the store, so that opening must not change it
   * @param refused where the disk refuses to write or link a file
   */
  static Recorded record(
      Path device,
      StoreFacts before,
      StoreOptions options,
      ModelVerifier verifier,
      Predicate<String> refused,
      List<Step> steps)
      throws IOException {
    RecordingDisk disk =
        new RecordingDisk(
            FaultyDisk.counting(), device, DiskTree.read(device, StoreLife::isContent), refused);
    StoreLife life = new StoreLife(options, verifier, device.resolve("models"), disk);
    life.facts.add(before);
    life.acknowledge();
    for (Step step : steps) {
      step.run(life);
      life.acknowledge();
    }
    life.store.close();
    return new Recorded(disk.log(), List.copyOf(life.facts));
  }

  /** Lock files have no content, and must not be read. */
  static boolean isContent(String path) {
    return !path.endsWith("/locks");
  }

  private void acknowledge() throws IOException {
    disk.acknowledge(facts.size() - 1);
    facts.add(StoreFacts.of(store, root));
  }

  static Step fetch(TestRelease release, String path) {
    return life -> life.fetchOne(release, path);
  }

  private void fetchOne(TestRelease release, String path) throws IOException {
    Artifact file =
        release.manifest().files().stream()
            .filter(f -> f.path().equals(path))
            .findFirst()
            .orElseThrow();
    try (PartialBlob partial = store.openPartial(file).orElseThrow()) {
      disk.write(partial.path(), release.contentOf(path));
      partial.commit();
    }
  }

  /** Another tool has the files of a release, and does not force them. */
  static Step writeForeign(TestRelease release) {
    return life -> life.writeForeignFiles(release);
  }

  private void writeForeignFiles(TestRelease release) throws IOException {
    Path foreign = root.resolveSibling("foreign");
    disk.createDirectory(foreign);
    int number = 0;
    for (byte[] content : release.contents().values()) {
      disk.write(foreign.resolve(release.version() + "-" + number++), content);
    }
  }

  static Step adopt(TestRelease release, AdoptionOptions.Linking linking) {
    return life ->
        life.store.adopt(
            release.manifest(),
            life.root.resolveSibling("foreign"),
            AdoptionOptions.defaults().withLinking(linking),
            AdoptionListener.silent());
  }

  static Step install(TestRelease release) {
    return life -> life.store.install(release.papers(), life.verifier);
  }

  static Step activate(TestRelease release) {
    return life -> release.activateIn(life.store, life.verifier);
  }

  static Step chargeAttempt(ModelId model) {
    return life -> life.store.chargeAttempt(model);
  }

  static Step markHealthy(TestRelease release) {
    return life -> life.store.markHealthy(release.manifest().model(), release.version());
  }

  static Step rollBack(ModelId model) {
    return life -> life.store.rollBack(model);
  }

  static Step pin(TestRelease release) {
    return life -> life.store.pin(release.manifest().model(), release.version());
  }

  static Step unpin(TestRelease release) {
    return life -> life.store.unpin(release.manifest().model(), release.version());
  }

  static Step remove(TestRelease release) {
    return life -> life.store.remove(release.manifest().model(), release.version());
  }

  static Step collectGarbage() {
    return life -> life.store.collectGarbage();
  }

  static Step markFactory(TestRelease release) {
    return life -> life.store.markFactory(release.manifest().model(), release.version());
  }

  static Step resetToFactory(ModelId model) {
    return life -> life.store.resetToFactory(model);
  }

  static Step repair() {
    return life -> life.store.care().repair(CareListener.NONE);
  }

  static Step repair(TestRelease release) {
    return life -> life.store.care().repair(release.papers(), life.verifier);
  }

  static Step discardQuarantine() {
    return life -> {
      for (Quarantined thing : life.store.care().quarantined()) {
        life.store.care().discard(thing);
      }
    };
  }

  /** A file has other bytes under all its names, durably. */
  static Step flip(String path) {
    return life -> {
      Path file = life.root.resolve(path);
      life.overwrite(file, ("other bytes of " + path).getBytes(UTF_8));
    };
  }

  /** A name has another file, durably. */
  static Step exchange(String path) {
    return life -> {
      Path file = life.root.resolve(path);
      life.disk.delete(file);
      life.overwrite(file, ("another file for " + path).getBytes(UTF_8));
      life.disk.forceDirectory(file.resolveSibling(""));
    };
  }

  /** A name is gone; that it may come back needs no force to be harmless. */
  static Step lose(String path) {
    return life -> life.disk.delete(life.root.resolve(path));
  }

  private void overwrite(Path file, byte[] bytes) throws IOException {
    if (Files.exists(file) && !file.toFile().setWritable(true)) {
      throw new IOException(file + " stays read-only");
    }
    disk.write(file, bytes);
    disk.force(file);
  }

  /** The program dies in the middle of an installation, and the next one opens the store. */
  static Step dieInstalling(TestRelease release) {
    return life -> life.dieIn(release);
  }

  private void dieIn(TestRelease release) {
    try {
      store.install(
          release.papers(),
          Publisher.answering(
              directory -> {
                throw new ProgramEnds();
              }));
    } catch (ProgramEnds e) {
      store.close();
      store = ModelStore.open(root, options, disk);
    }
  }
}
