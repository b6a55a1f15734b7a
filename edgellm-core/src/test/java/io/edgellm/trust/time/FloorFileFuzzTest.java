package io.edgellm.trust.time;

import static io.edgellm.trust.time.DeviceClock.BUILT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.trust.time.TrustedTime.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A damaged file is noticed: it gives the floors that were written, or none at all. */
class FloorFileFuzzTest {
  private static final long SEED = 20_270_701;
  private static final Instant SUMMER = Instant.parse("2027-07-01T00:00:00Z");

  private final Path file;
  private final byte[] genuine;

  FloorFileFuzzTest(@TempDir Path directory) throws IOException {
    file = directory.resolve("time");
    TrustedClock clock = open();
    clock.raise(Source.TUF_TIMESTAMP, SUMMER);
    clock.raise(Source.TRANSPARENCY_LOG, BUILT);
    clock.forget(Source.TRANSPARENCY_LOG);
    genuine = Files.readAllBytes(file);
  }

  private TrustedClock open() {
    return new TrustedClock(new DeviceClock("1970-01-01T00:00:00Z"), BUILT, FloorFile.at(file));
  }

  @Test
  void noticesEveryFlippedBit() throws IOException {
    for (int bit = 0; bit < genuine.length * 8; bit++) {
      byte[] damaged = genuine.clone();
      damaged[bit / 8] ^= (byte) (1 << (bit % 8));
      requireNoticed(damaged, "bit " + bit);
    }
  }

  @Test
  void noticesEveryLengthThatIsTooShort() throws IOException {
    for (int length = 0; length < genuine.length; length++) {
      requireNoticed(Arrays.copyOf(genuine, length), "cut to " + length);
    }
  }

  @Test
  void noticesRandomDamage() throws IOException {
    for (int i = 0; i < 500; i++) {
      Random random = new Random(SEED + i);
      byte[] damaged = random.nextBoolean() ? genuine.clone() : new byte[random.nextInt(300)];
      int from = random.nextInt(damaged.length + 1);
      for (int at = from; at < Math.min(damaged.length, from + 1 + random.nextInt(40)); at++) {
        damaged[at] = (byte) random.nextInt();
      }
      if (!Arrays.equals(damaged, genuine)) {
        requireNoticed(damaged, "seed " + (SEED + i));
      }
    }
  }

  @Test
  void noticesOtherDocuments() throws IOException {
    String content = new String(genuine, UTF_8);
    for (String other :
        List.of(
            "null",
            "[]",
            "{}",
            "{\"format\":1,\"floors\":{},\"sha256\":\"\"}",
            content.replace("TUF_TIMESTAMP", "DEVICE_CLOCK"),
            content.replace("TUF_TIMESTAMP", "HOST"),
            content.replace("2027", "2028"),
            content.replace("2027", "+1000000000000"),
            content.replace("\"format\":1", "\"format\":2"),
            content.replace("\"age\":0", "\"age\":99999999999999999999"),
            content.replace("{\"age\":0", "{\"age\":0,\"age\":0"),
            content + content,
            "x".repeat(100_000),
            "[".repeat(60_000))) {
      requireNoticed(other.getBytes(UTF_8), other.substring(0, Math.min(100, other.length())));
    }
  }

  @Test
  void takesADirectoryForALostFile() throws IOException {
    Files.delete(file);
    Files.createDirectory(file);
    assertThat(open().memory()).isEqualTo(TrustedClock.Memory.LOST);
    assertThat(open().instant()).isEqualTo(BUILT);
  }

  private void requireNoticed(byte[] damaged, String what) throws IOException {
    Files.write(file, damaged);
    TrustedClock clock = open();
    if (clock.memory() == TrustedClock.Memory.INTACT) {
      assertThat(clock.instant()).as(what).isEqualTo(SUMMER);
    } else {
      assertThat(clock.memory()).as(what).isEqualTo(TrustedClock.Memory.LOST);
      assertThat(clock.read()).as(what).isEqualTo(new TrustedTime(BUILT, BUILT, Source.BUILD));
    }
  }
}
