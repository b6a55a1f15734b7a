package io.edgellm.inference.prefix;

import static io.edgellm.inference.prefix.Images.keep;
import static io.edgellm.inference.prefix.Images.prompt;
import static io.edgellm.inference.prefix.Images.saved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.edgellm.internal.io.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images in files. */
class DiskTierTest {
  private static final ModelKey MODEL = Images.model("attention");
  private static final int SYSTEM = 100;
  private static final long FILE_BYTES = 128 + 4 * SYSTEM + Images.bytes(SYSTEM);

  private final Images memory = new Images();
  private final AtomicLong seconds = new AtomicLong(1_000_000_000);
  private final InstantSource clock = () -> Instant.ofEpochSecond(seconds.incrementAndGet());
  private final Path directory;

  /** The power stays on, and forcing would take most of the time. */
  private final Disk disk;

  DiskTierTest(@TempDir Path temporary) throws IOException {
    this.directory = temporary.resolve("prefixes");
    this.disk = new PowerCutDisk(directory, Integer.MAX_VALUE, PowerCutDisk.Left.ALL);
  }

  private PrefixCache open() {
    return open(10 * FILE_BYTES, Runnable::run);
  }

  private PrefixCache open(long diskBytes, Executor executor) {
    return new PrefixCache(
        PrefixCacheOptions.inMemory(1 << 20).withDirectory(directory, diskBytes),
        memory,
        executor,
        clock,
        disk);
  }

  private static int[] ask(int... question) {
    return prompt("system", SYSTEM, question);
  }

  private List<Path> snapshots() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(f -> f.toString().endsWith(".prefix")).sorted().toList();
    }
  }

  private Path fileOf(int[] tokens, int count) {
    return directory.resolve(new Prefix(MODEL, tokens, count).fileName());
  }

  private void keepOne() {
    try (PrefixCache cache = open()) {
      keep(cache, MODEL, ask(1, 2), SYSTEM);
    }
  }

  @Test
  void outlivesTheProcess() {
    keepOne();
    assertThat(memory.living()).isZero();
    try (PrefixCache cache = open()) {
      cache.attach(MODEL);
      assertThat(saved(cache, MODEL, ask(3, 4))).isEqualTo(SYSTEM);
      assertThat(saved(cache, MODEL, ask(5, 6))).isEqualTo(SYSTEM);
      PrefixCacheStatistics now = cache.statistics();
      assertThat(now.diskHits()).isEqualTo(1);
      assertThat(now.hostHits()).isEqualTo(1);
      assertThat(now.diskFiles()).isEqualTo(1);
      assertThat(now.diskBytes()).isEqualTo(FILE_BYTES);
    }
    assertThat(memory.living()).isZero();
  }

  @Test
  void servesAgainWhatWasDrivenOutOfMemory() {
    try (PrefixCache cache = open()) {
      keep(cache, MODEL, ask(1, 2), SYSTEM);
      cache.detach(MODEL);
      assertThat(memory.living()).isZero();
      assertThat(saved(cache, MODEL, ask(3, 4))).isEqualTo(SYSTEM);
      assertThat(cache.statistics().diskHits()).isEqualTo(1);
    }
  }

  @Test
  void servesFromDiskWithoutRoomInMemory() {
    PrefixCacheOptions options =
        PrefixCacheOptions.inMemory(0).withDirectory(directory, 10 * FILE_BYTES);
    try (PrefixCache cache = new PrefixCache(options, memory, Runnable::run, clock, disk)) {
      keep(cache, MODEL, ask(1, 2), SYSTEM);
      assertThat(memory.living()).isZero();
      assertThat(saved(cache, MODEL, ask(3, 4))).isEqualTo(SYSTEM);
      assertThat(saved(cache, MODEL, ask(5, 6))).isEqualTo(SYSTEM);
      assertThat(cache.statistics().diskHits()).isEqualTo(2);
      assertThat(memory.living()).isZero();
    }
  }

  @Test
  void findsNothingOfOtherModelsLayoutsAndRuntimes() {
    keepOne();
    try (PrefixCache cache = open()) {
      ModelKey updated = new ModelKey(MODEL.model(), MODEL.layout(), "1.29.0", true);
      assertThat(saved(cache, Images.model("other"), ask(1, 2))).isZero();
      assertThat(saved(cache, Images.model("attention", false), ask(1, 2))).isZero();
      assertThat(saved(cache, updated, ask(1, 2))).isZero();
      assertThat(saved(cache, MODEL, ask(1, 2))).isEqualTo(SYSTEM);
    }
  }

  @Test
  void keepsTheBoundAndLosesWhatWasUsedLongestAgo() throws IOException {
    try (PrefixCache cache = open(3 * FILE_BYTES + 100, Runnable::run)) {
      for (int i = 0; i < 3; i++) {
        keep(cache, MODEL, prompt("system " + i, SYSTEM), SYSTEM);
      }
      assertThat(saved(cache, MODEL, prompt("system 0", SYSTEM, 1))).isEqualTo(SYSTEM);
      keep(cache, MODEL, prompt("system 3", SYSTEM), SYSTEM);
      assertThat(snapshots())
          .containsExactlyInAnyOrder(
              fileOf(prompt("system 0", SYSTEM), SYSTEM),
              fileOf(prompt("system 2", SYSTEM), SYSTEM),
              fileOf(prompt("system 3", SYSTEM), SYSTEM));
      assertThat(cache.statistics().diskEvictions()).isEqualTo(1);
    }
  }

  @Test
  void writesAgainWhatWasDeletedWhenItIsUsed() throws IOException {
    try (PrefixCache cache = open(FILE_BYTES, Runnable::run)) {
      keep(cache, MODEL, ask(1, 2), SYSTEM);
      keep(cache, MODEL, prompt("another", SYSTEM), SYSTEM);
      assertThat(snapshots()).containsExactly(fileOf(prompt("another", SYSTEM), SYSTEM));
      assertThat(saved(cache, MODEL, ask(3, 4))).isEqualTo(SYSTEM);
      assertThat(snapshots()).containsExactly(fileOf(ask(), SYSTEM));
    }
  }

  @Test
  void keepsTheBoundWhenItBecameSmaller() throws IOException {
    try (PrefixCache cache = open()) {
      for (int i = 0; i < 5; i++) {
        keep(cache, MODEL, prompt("system " + i, SYSTEM), SYSTEM);
      }
    }
    try (PrefixCache cache = open(2 * FILE_BYTES, Runnable::run)) {
      cache.attach(MODEL);
      assertThat(snapshots()).hasSize(2);
    }
  }

  @Test
  void doesNotWriteWhatIsLargerThanTheBound() throws IOException {
    try (PrefixCache cache = open(FILE_BYTES - 1, Runnable::run)) {
      keep(cache, MODEL, ask(1, 2), SYSTEM);
      assertThat(snapshots()).isEmpty();
      assertThat(saved(cache, MODEL, ask(3, 4))).isEqualTo(SYSTEM);
    }
  }

  @Test
  void isForTheOwnerOnly() throws IOException {
    assumeThat(directory.getFileSystem().supportedFileAttributeViews())
        .as("this file system knows owners")
        .contains("posix");
    keepOne();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
    assertThat(snapshots()).hasSize(1);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(snapshots().get(0))))
        .isEqualTo("rw-------");
  }

  @Test
  void doesWithoutADirectoryThatOthersMayWriteTo() throws IOException {
    assumeThat(directory.getFileSystem().supportedFileAttributeViews())
        .as("this file system knows owners")
        .contains("posix");
    Files.createDirectory(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxr-x"));
    try (PrefixCache cache = open()) {
      keep(cache, MODEL, ask(1, 2), SYSTEM);
      assertThat(cache.statistics().diskFault().orElseThrow()).contains("take the permission away");
      assertThat(snapshots()).isEmpty();
      assertThat(saved(cache, MODEL, ask(3, 4))).isEqualTo(SYSTEM);
    }
  }

  @Test
  void doesWithoutADirectoryThatIsAFile() throws IOException {
    Files.writeString(directory, "not a directory");
    try (PrefixCache cache = open()) {
      assertThat(cache.statistics().diskFault()).isPresent();
      keep(cache, MODEL, ask(1, 2), SYSTEM);
      assertThat(saved(cache, MODEL, ask(3, 4))).isEqualTo(SYSTEM);
    }
  }

  @Test
  void deletesItsOwnBrokenFilesAndFindsTheNextBest() throws IOException {
    try (PrefixCache cache = open()) {
      keep(cache, MODEL, ask(1, 2), 50);
      keep(cache, MODEL, ask(1, 2), SYSTEM);
    }
    Path broken = fileOf(ask(), SYSTEM);
    byte[] bytes = Files.readAllBytes(broken);
    bytes[bytes.length - 1] ^= 1;
    Files.write(broken, bytes);
    try (PrefixCache cache = open()) {
      assertThat(saved(cache, MODEL, ask(3, 4))).isEqualTo(50);
      assertThat(cache.statistics().refusals()).containsEntry(Refusal.DAMAGED_IMAGE, 1L).hasSize(1);
      assertThat(snapshots()).containsExactly(fileOf(ask(), 50));
    }
    assertThat(memory.living()).isZero();
  }

  @Test
  void deletesWhatIsBrokenWhenItLooksAtTheDirectory() throws IOException {
    keepOne();
    Files.write(fileOf(ask(), SYSTEM), new byte[20]);
    Files.copy(fileOf(ask(), SYSTEM), fileOf(ask(), 50));
    try (PrefixCache cache = open()) {
      cache.attach(MODEL);
      assertThat(cache.statistics().refusals()).containsEntry(Refusal.TRUNCATED, 2L);
      assertThat(snapshots()).isEmpty();
    }
  }

  @Test
  void deletesASnapshotUnderTheNameOfAnother() throws IOException {
    keepOne();
    Files.move(fileOf(ask(), SYSTEM), fileOf(prompt("another", SYSTEM), SYSTEM));
    try (PrefixCache cache = open()) {
      assertThat(saved(cache, MODEL, prompt("another", SYSTEM, 1))).isZero();
      assertThat(saved(cache, MODEL, ask(3, 4))).isZero();
      assertThat(cache.statistics().refusals()).containsEntry(Refusal.OTHER_TOKENS, 1L);
      assertThat(snapshots()).isEmpty();
    }
  }

  @Test
  void leavesForeignFilesAlone() throws IOException {
    keepOne();
    List<Path> foreign =
        List.of(
            Files.writeString(directory.resolve("notes.txt"), "mine"),
            Files.writeString(directory.resolve("abc.prefix"), "mine"),
            Files.writeString(directory.resolve("download.tmp"), "mine"),
            Files.createDirectory(directory.resolve("sub")),
            Files.createDirectory(fileOf(ask(), 40)),
            Files.createSymbolicLink(fileOf(ask(), 41), directory.resolve("notes.txt")));
    try (PrefixCache cache = open(FILE_BYTES, Runnable::run)) {
      cache.attach(MODEL);
      keep(cache, MODEL, prompt("another", SYSTEM), SYSTEM);
      cache.clear();
    }
    assertThat(foreign).allSatisfy(path -> assertThat(path).exists());
    assertThat(directory.resolve("notes.txt")).hasContent("mine");
  }

  @Test
  void readsNoLinkThatTookThePlaceOfASnapshot() throws IOException {
    try (PrefixCache cache = open()) {
      keep(cache, MODEL, ask(1, 2), SYSTEM);
      cache.detach(MODEL);
      cache.attach(MODEL);
      Path elsewhere = directory.resolveSibling("elsewhere");
      Files.move(fileOf(ask(), SYSTEM), elsewhere);
      Files.createSymbolicLink(fileOf(ask(), SYSTEM), elsewhere);
      assertThat(saved(cache, MODEL, ask(3, 4))).isZero();
      assertThat(cache.statistics().refusals()).containsEntry(Refusal.NOT_A_FILE, 1L);
      assertThat(elsewhere).exists();
    }
  }

  @Test
  void writesNothingWhereADirectoryHasTheName() throws IOException {
    Files.createDirectories(fileOf(ask(), SYSTEM));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    try (PrefixCache cache = open()) {
      keep(cache, MODEL, ask(1, 2), SYSTEM);
      assertThat(cache.statistics().droppedWrites()).isEqualTo(1);
      assertThat(saved(cache, MODEL, ask(3, 4))).isEqualTo(SYSTEM);
    }
    assertThat(fileOf(ask(), SYSTEM)).isDirectory();
  }

  @Test
  void sharesTheDirectoryAndItsBoundWithOthers() throws IOException {
    try (PrefixCache one = open(2 * FILE_BYTES, Runnable::run);
        PrefixCache two = open(2 * FILE_BYTES, Runnable::run)) {
      keep(one, MODEL, ask(1, 2), SYSTEM);
      assertThat(saved(two, MODEL, ask(3, 4))).isEqualTo(SYSTEM);
      two.detach(MODEL);
      two.attach(MODEL);
      keep(one, MODEL, prompt("b", SYSTEM), SYSTEM);
      keep(one, MODEL, prompt("c", SYSTEM), SYSTEM);
      assertThat(snapshots()).hasSize(2);
      assertThat(saved(two, MODEL, ask(5, 6))).as("deleted by the other one").isZero();
      assertThat(two.statistics().refusals()).isEmpty();
      keep(two, MODEL, ask(5, 6), SYSTEM);
      assertThat(snapshots()).hasSize(2);
    }
    assertThat(memory.living()).isZero();
  }

  @Test
  void doesNotWriteBeforeTheExecutorComesToIt() throws IOException {
    HandExecutor later = new HandExecutor();
    try (PrefixCache cache = open(10 * FILE_BYTES, later)) {
      keep(cache, MODEL, ask(1, 2), SYSTEM);
      assertThat(snapshots()).isEmpty();
      assertThat(saved(cache, MODEL, ask(3, 4))).isEqualTo(SYSTEM);
      later.runAll();
      assertThat(snapshots()).hasSize(1);
    }
  }

  @Test
  void dropsWritesWhenTooManyWaitAndTriesAgainAtTheNextUse() throws IOException {
    HandExecutor later = new HandExecutor();
    try (PrefixCache cache = open(10 * FILE_BYTES, later)) {
      for (int i = 0; i < 3; i++) {
        keep(cache, MODEL, prompt("system " + i, SYSTEM), SYSTEM);
      }
      assertThat(cache.statistics().droppedWrites()).isEqualTo(1);
      later.runAll();
      assertThat(snapshots()).hasSize(2);
      assertThat(saved(cache, MODEL, prompt("system 2", SYSTEM, 1))).isEqualTo(SYSTEM);
      later.runAll();
      assertThat(snapshots()).hasSize(3);
    }
  }

  @Test
  void worksOnWhenTheExecutorTakesNothing() {
    Executor full =
        task -> {
          throw new RejectedExecutionException("full");
        };
    try (PrefixCache cache = open(10 * FILE_BYTES, full)) {
      keep(cache, MODEL, ask(1, 2), SYSTEM);
      assertThat(saved(cache, MODEL, ask(3, 4))).isEqualTo(SYSTEM);
      assertThat(cache.statistics().droppedWrites()).isEqualTo(2);
    }
    assertThat(memory.living()).isZero();
  }

  @Test
  void writesWhatWaitsAlsoAfterItWasClosed() throws IOException {
    HandExecutor later = new HandExecutor();
    PrefixCache cache = open(10 * FILE_BYTES, later);
    keep(cache, MODEL, ask(1, 2), SYSTEM);
    cache.close();
    assertThat(memory.living()).isEqualTo(1);
    later.runAll();
    assertThat(memory.living()).isZero();
    assertThat(snapshots()).hasSize(1);
  }

  @Test
  void clearsTheDirectoryAndWritesNothingOlderAfterwards() throws IOException {
    keepOne();
    HandExecutor later = new HandExecutor();
    try (PrefixCache cache = open(10 * FILE_BYTES, later)) {
      later.runAll();
      keep(cache, MODEL, prompt("another", SYSTEM), SYSTEM);
      cache.clear();
      assertThat(snapshots()).isEmpty();
      later.runAll();
      assertThat(snapshots()).isEmpty();
      assertThat(memory.living()).isZero();
      assertThat(saved(cache, MODEL, ask(1, 2))).isZero();
    }
  }
}
