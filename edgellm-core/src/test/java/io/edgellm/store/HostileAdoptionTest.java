package io.edgellm.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.edgellm.model.Artifact;
import io.edgellm.store.AdoptionListener.AdoptionEvent;
import io.edgellm.store.AdoptionReport.Obstacle;
import io.edgellm.store.AdoptionReport.Skipped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Directories that another tool is changing, or that somebody prepared. */
class HostileAdoptionTest {
  private final Path directory;
  private final Path foreign;
  private final TestRelease release;
  private final Artifact graph;
  private final ModelStore store;

  HostileAdoptionTest(@TempDir Path directory) throws IOException {
    this.directory = directory.toRealPath();
    foreign = Files.createDirectory(this.directory.resolve("foreign"));
    release = new Publisher(directory.resolve("scratch")).release("1.0.0");
    graph = release.manifest().file("model.onnx").orElseThrow();
    store =
        ModelStore.open(directory.resolve("store"), StoreOptions.defaults().withReserveBytes(0));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private AdoptionReport adopt(Path from) {
    return adopt(from, AdoptionListener.silent());
  }

  private AdoptionReport adopt(Path from, AdoptionListener listener) {
    return store.adopt(release.manifest(), from, AdoptionOptions.defaults(), listener);
  }

  private static void run(String... command) throws Exception {
    assumeTrue(
        new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0,
        "Needs the command " + command[0] + ".");
  }

  @Test
  void doesNotFollowALinkOut() throws IOException {
    Path outside = directory.resolve("outside");
    Files.write(outside, release.contentOf("model.onnx"));
    Files.createSymbolicLink(foreign.resolve("model.onnx"), outside);

    AdoptionReport report = adopt(foreign);

    assertThat(report.taken()).isEmpty();
    assertThat(report.skipped())
        .containsExactly(new Skipped(foreign.resolve("model.onnx"), Obstacle.LEADS_OUT));
  }

  @Test
  void doesNotFollowADirectoryOut() throws IOException {
    Path outside = Files.createDirectory(directory.resolve("outside"));
    Files.write(outside.resolve("model.onnx"), release.contentOf("model.onnx"));
    Files.createSymbolicLink(foreign.resolve("models"), outside);

    AdoptionReport report = adopt(foreign);

    assertThat(report.taken()).isEmpty();
    assertThat(report.skippedEntries()).isEqualTo(1);
  }

  @Test
  void namesTheSnapshotOfACacheThatIsAdoptedWithoutItsBlobs() throws IOException {
    Path snapshot = ForeignCaches.huggingFace(foreign, release.contents());

    AdoptionReport report = adopt(snapshot);

    assertThat(report.missing()).hasSize(release.contents().size());
    assertThat(report.skipped()).extracting(Skipped::obstacle).containsOnly(Obstacle.LEADS_OUT);
  }

  @Test
  void isNotKeptByCirclesOfLinks() throws IOException {
    Files.createSymbolicLink(foreign.resolve("self"), foreign);
    Files.createSymbolicLink(foreign.resolve("a"), foreign.resolve("b"));
    Files.createSymbolicLink(foreign.resolve("b"), foreign.resolve("a"));
    Files.createSymbolicLink(foreign.resolve("dangling"), foreign.resolve("nothing"));
    Files.write(foreign.resolve("model.onnx"), release.contentOf("model.onnx"));

    assertThat(adopt(foreign).taken()).hasSize(1);
  }

  @Test
  void isNotKeptByAPipe() throws Exception {
    run("mkfifo", foreign.resolve(graph.sha256().hex()).toString());

    assertThat(adopt(foreign).taken()).isEmpty();
  }

  @Test
  void passesOverADirectoryWithTheNameOfAFile() throws IOException {
    Files.createDirectory(foreign.resolve("model.onnx"));
    Files.createDirectory(foreign.resolve("sha256-" + graph.sha256()));

    assertThat(adopt(foreign).taken()).isEmpty();
  }

  @Test
  void believesNoName() throws IOException {
    byte[] wrong = release.contentOf("model.onnx").clone();
    wrong[wrong.length - 1] ^= 1;
    Files.write(foreign.resolve("sha256-" + graph.sha256()), wrong);

    AdoptionReport report = adopt(foreign);

    assertThat(report.taken()).isEmpty();
    assertThat(store.missing(release.manifest())).contains(graph);
  }

  @Test
  void doesNotTakeAFileThatIsWrittenToWhileItIsHashed() throws IOException {
    Path file = foreign.resolve("model.onnx");
    ForeignCaches.write(file, release.contentOf("model.onnx"));

    AdoptionReport report =
        adopt(
            foreign,
            event -> {
              if (event instanceof AdoptionEvent.Reading) {
                append(file);
              }
            });

    assertThat(report.taken()).isEmpty();
    assertThat(report.skipped()).containsExactly(new Skipped(file, Obstacle.CHANGED));
    assertThat(store.missing(release.manifest())).contains(graph);
  }

  private static void append(Path file) {
    try {
      Files.write(file, new byte[1], StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @EnumSource(AdoptionOptions.Linking.class)
  void namesAFileThatIsGoneWhenItIsWanted(AdoptionOptions.Linking linking) throws IOException {
    Path file = foreign.resolve("model.onnx");
    Files.write(file, release.contentOf("model.onnx"));

    AdoptionReport report =
        store.adopt(
            release.manifest(),
            foreign,
            AdoptionOptions.defaults().withLinking(linking),
            event -> {
              if (event instanceof AdoptionEvent.Searched) {
                file.toFile().delete();
              }
            });

    assertThat(report.skipped()).containsExactly(new Skipped(file, Obstacle.UNREADABLE));
    assertThat(directory.resolve("store/.edgellm/staging")).isEmptyDirectory();
  }

  @Test
  void doesNotTakeALinkThatReplacedAFile() throws IOException {
    Path file = foreign.resolve("model.onnx");
    Path outside = directory.resolve("outside");
    Files.write(file, release.contentOf("model.onnx"));
    Files.write(outside, release.contentOf("model.onnx"));

    AdoptionReport report =
        adopt(
            foreign,
            event -> {
              if (event instanceof AdoptionEvent.Searched) {
                replaceByLink(file, outside);
              }
            });

    assertThat(report.taken()).isEmpty();
    assertThat(report.skipped()).containsExactly(new Skipped(file, Obstacle.UNREADABLE));
  }

  private static void replaceByLink(Path file, Path target) {
    try {
      Files.delete(file);
      Files.createSymbolicLink(file, target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void endsAtItsLimitAndSaysSo() throws IOException {
    for (int i = 0; i < 50; i++) {
      Files.write(foreign.resolve("file-" + i), new byte[1]);
    }

    AdoptionReport report =
        store.adopt(
            release.manifest(),
            foreign,
            AdoptionOptions.defaults().withMaxEntries(10),
            AdoptionListener.silent());

    assertThat(report.isComplete()).isFalse();
    assertThat(report.entries()).isEqualTo(10);
  }

  @Test
  void doesNotGoDownForEver() throws IOException {
    Path deep = foreign;
    for (int i = 0; i < 70; i++) {
      deep = Files.createDirectory(deep.resolve("d"));
    }
    Files.write(deep.resolve("model.onnx"), release.contentOf("model.onnx"));

    AdoptionReport report = adopt(foreign);

    assertThat(report.taken()).isEmpty();
    assertThat(report.skipped()).extracting(Skipped::obstacle).containsExactly(Obstacle.TOO_DEEP);
  }

  @Test
  void listsAHundredObstaclesAndCountsThemAll() throws IOException {
    for (int i = 0; i < 120; i++) {
      Files.createSymbolicLink(foreign.resolve("link-" + i), directory);
    }

    AdoptionReport report = adopt(foreign);

    assertThat(report.skipped()).hasSize(100);
    assertThat(report.skippedEntries()).isEqualTo(120);
  }

  @Test
  void doesNotAdoptFromItself() throws IOException {
    assertThatThrownBy(() -> adopt(directory.resolve("store/.edgellm/blobs")))
        .isInstanceOf(IllegalArgumentException.class);
    Files.write(directory.resolve("store/.edgellm/quarantined"), release.contentOf("model.onnx"));

    assertThat(adopt(directory).taken())
        .extracting(t -> t.source().startsWith(directory.resolve("store")))
        .doesNotContain(true);
  }

  @Test
  void namesADirectoryThatIsNotThere() {
    assertThatThrownBy(() -> adopt(directory.resolve("absent")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("name a directory that exists");
  }

  @Test
  void endsWhenItsThreadIsInterrupted() throws IOException {
    Files.write(foreign.resolve("model.onnx"), release.contentOf("model.onnx"));

    assertThatThrownBy(
            () ->
                adopt(
                    foreign,
                    event -> {
                      if (event instanceof AdoptionEvent.Searched) {
                        Thread.currentThread().interrupt();
                      }
                    }))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.BUSY));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(directory.resolve("store/.edgellm/staging")).isEmptyDirectory();
  }

  @Test
  void isRefusedWhileSomebodyElseFetchesTheFile() throws IOException {
    Files.write(foreign.resolve("model.onnx"), release.contentOf("model.onnx"));
    try (PartialBlob partial = store.openPartial(graph).orElseThrow()) {
      assertThat(partial.artifact()).isEqualTo(graph);
      assertThatThrownBy(() -> adopt(foreign))
          .isInstanceOfSatisfying(
              StoreException.class,
              e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.BUSY));
    }
    assertThat(adopt(foreign).taken()).hasSize(1);
  }

  @Test
  void neverWritesIntoAForeignFile() throws IOException {
    byte[] wrong = release.contentOf("model.onnx").clone();
    wrong[3] ^= 1;
    Path file = foreign.resolve("model.onnx");
    Files.write(file, wrong);

    adopt(foreign);
    release.fetchInto(store);

    assertThat(file).hasBinaryContent(wrong);
  }
}
