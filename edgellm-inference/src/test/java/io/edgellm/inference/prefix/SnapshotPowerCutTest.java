package io.edgellm.inference.prefix;

import static io.edgellm.inference.prefix.Images.keep;
import static io.edgellm.inference.prefix.Images.prompt;
import static io.edgellm.inference.prefix.Images.saved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.inference.prefix.PowerCutDisk.Left;
import io.edgellm.inference.prefix.PowerCutDisk.PowerCut;
import io.edgellm.internal.io.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The power fails before any operation of a write that also makes room. */
class SnapshotPowerCutTest {
  private static final ModelKey MODEL = Images.model("attention");
  private static final int SYSTEM = 100;
  private static final int OPERATIONS = 4;
  private static final long FILE_BYTES = 128 + 4 * SYSTEM + Images.bytes(SYSTEM);

  private final Images memory = new Images();
  private final Path temporary;

  SnapshotPowerCutTest(@TempDir Path temporary) {
    this.temporary = temporary;
  }

  private PrefixCache open(Path directory, Disk disk) {
    PrefixCacheOptions options =
        PrefixCacheOptions.inMemory(1 << 20).withDirectory(directory, 2 * FILE_BYTES);
    return new PrefixCache(options, memory, Runnable::run, InstantSource.system(), disk);
  }

  private static int[] system(int number) {
    return prompt("system " + number, SYSTEM, number);
  }

  private void fill(Path directory) {
    try (PrefixCache cache = open(directory, Disk.local())) {
      keep(cache, MODEL, system(1), SYSTEM);
      keep(cache, MODEL, system(2), SYSTEM);
    }
  }

  @Test
  void aNameAppearsAfterItsBytesAreDurable() throws IOException {
    Path directory = temporary.resolve("prefixes");
    fill(directory);
    PowerCutDisk disk = new PowerCutDisk(directory, Integer.MAX_VALUE, Left.ALL);
    try (PrefixCache cache = open(directory, disk)) {
      keep(cache, MODEL, system(3), SYSTEM);
    }
    assertThat(disk.operations()).containsExactly("delete", "force", "move", "force directory");
  }

  @TestFactory
  List<DynamicTest> nothingWrongIsRestoredAfterIt() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Left left : Left.values()) {
      for (int cut = 1; cut <= OPERATIONS; cut++) {
        int before = cut;
        tests.add(
            DynamicTest.dynamicTest(
                "before operation " + cut + ", left " + left, () -> survives(before, left)));
      }
    }
    return tests;
  }

  private void survives(int cutBefore, Left left) throws IOException {
    Path directory = temporary.resolve(cutBefore + "-" + left);
    fill(directory);
    PowerCutDisk disk = new PowerCutDisk(directory, cutBefore, left);
    PrefixCache dying = open(directory, disk);
    assertThat(catchThrowableOfType(PowerCut.class, () -> keep(dying, MODEL, system(3), SYSTEM)))
        .isNotNull();
    dying.close();
    try (PrefixCache cache = open(directory, Disk.local())) {
      cache.attach(MODEL);
      assertThat(leftovers(directory)).isEmpty();
      assertThat(cache.statistics().refusals()).isEmpty();
      int found = 0;
      for (int i = 1; i <= 3; i++) {
        found += saved(cache, MODEL, system(i)) == SYSTEM ? 1 : 0;
      }
      assertThat(found).isEqualTo(cutBefore == 1 || cutBefore == OPERATIONS ? 2 : 1);
      keep(cache, MODEL, system(3), SYSTEM);
      assertThat(cache.statistics().droppedWrites()).isZero();
    }
    assertThat(memory.living()).isZero();
  }

  private static List<Path> leftovers(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(f -> f.toString().endsWith(".tmp")).toList();
    }
  }
}
