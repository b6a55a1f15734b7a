package io.edgellm.inference.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.inference.shard.ModelSharder;
import io.edgellm.inference.shard.ShardException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A graph is input from outside: whatever it says, it is sharded or refused with a reason. */
class DamagedShardsTest {
  private static final int ROUNDS = 100;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(
      value = LayoutRow.class,
      names = {"GENAI", "MERGED", "BYTE_CACHE"})
  void areRefusedWithAReason(LayoutRow row) throws Exception {
    TinyModel model = row.write(folder.resolve("model"));
    byte[] whole = Files.readAllBytes(model.graph());
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] damaged =
          random.nextInt(4) == 0
              ? Arrays.copyOf(whole, random.nextInt(whole.length))
              : whole.clone();
      for (int i = 1 + random.nextInt(8); i > 0 && damaged.length > 0; i--) {
        // Names and fields are more telling than weights, which lie at one end or the other.
        int at = random.nextBoolean() ? random.nextInt(damaged.length) : i * 97 % damaged.length;
        damaged[at] = (byte) random.nextInt();
      }
      Files.write(model.graph(), damaged);
      Path target = folder.resolve("sharded-" + round);
      try {
        new ModelSharder().shard(model.directory(), target);
        assertThat(target).exists();
      } catch (ShardException e) {
        assertThat(e.getMessage()).isNotEmpty();
        assertThat(target).doesNotExist();
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + " round " + round, e);
      }
    }
  }
}
