package io.edgellm.benchmarks.store;

import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.store.GarbageReport;
import io.edgellm.store.Lease;
import io.edgellm.store.ModelStore;
import io.edgellm.store.StoreOptions;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.VerifiedModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What the calls of a store cost on one disk, and with many versions in it. */
final class StoreCosts {
  private static final int LINES = 10;
  private static final int SWITCHES = 300;
  private static final int OPENINGS = 30;
  private static final ModelId FIRST = line(0);

  private final Path root;
  private final SmallReleases publisher;
  private final ModelVerifier verifier;
  private final int versions;

  final Durations install = new Durations();
  final Durations activate = new Durations();
  final Durations heal = new Durations();
  final Durations open = new Durations();
  final Durations list = new Durations();
  final Durations idleCollection = new Durations();
  final Durations collection = new Durations();

  StoreCosts(Path root, Path scratch, int versions) {
    this.root = root;
    this.publisher = new SmallReleases(scratch);
    this.verifier = publisher.verifier();
    this.versions = versions;
  }

  private static ModelId line(int number) {
    return new ModelId("model-" + number);
  }

  void measure() throws Exception {
    StoreOptions young = StoreOptions.defaults();
    try (ModelStore store = ModelStore.open(root, young)) {
      fill(store);
      switchToAndFro(store);
    }
    for (int i = 0; i < OPENINGS; i++) {
      List<ModelStore> opened = new ArrayList<>();
      open.measure(() -> opened.add(ModelStore.open(root, young)));
      opened.get(0).close();
    }
    try (ModelStore store = ModelStore.open(root, young)) {
      for (int i = 0; i < OPENINGS; i++) {
        list.measure(() -> requireCount(versions, store.list().size()));
        idleCollection.measure(store::collectGarbage);
      }
    }
    try (ModelStore store = ModelStore.open(root, young.withGrace(Duration.ZERO))) {
      List<GarbageReport> reports = new ArrayList<>();
      collection.measure(() -> reports.add(store.collectGarbage()));
      requireCount(versions - 2, reports.get(0).removedVersions().size());
    }
  }

  private void fill(ModelStore store) throws Exception {
    for (int i = 0; i < versions; i++) {
      SmallReleases.Published release = publisher.release(line(i % LINES), i / LINES + 1);
      release.fetchInto(store);
      install.measure(() -> store.install(release.papers(), verifier));
    }
  }

  private void switchToAndFro(ModelStore store) throws Exception {
    ModelVersion one = ModelVersion.parse("1.0.0");
    ModelVersion two = ModelVersion.parse("2.0.0");
    try (Lease first = store.lease(FIRST, one);
        Lease second = store.lease(FIRST, two)) {
      List<VerifiedModel> models =
          List.of(first.verify(verifier).orElseThrow(), second.verify(verifier).orElseThrow());
      for (int i = 0; i < SWITCHES; i++) {
        VerifiedModel next = models.get(i % 2);
        activate.measure(() -> store.activate(next));
        heal.measure(() -> store.markHealthy(FIRST, next.manifest().version()));
      }
    }
  }

  private static void requireCount(int expected, int actual) {
    if (expected != actual) {
      throw new IllegalStateException(expected + " were expected, not " + actual);
    }
  }
}
