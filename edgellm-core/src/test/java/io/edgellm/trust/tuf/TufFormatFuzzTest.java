package io.edgellm.trust.tuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.tuf.RoleName;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The formats at the edges: marks, names of roles, depth and size of JSON. */
class TufFormatFuzzTest {
  private static final long SEED = 20_300_602;
  private static final String MARKS = "high-water-marks";

  @TempDir Path dir;

  @Test
  void readsDamagedMarksAsSomeOrNone() throws IOException {
    TestRepository repository = new TestRepository();
    repository.client(dir).refresh();
    byte[] genuine = Files.readAllBytes(dir.resolve(MARKS));
    for (long seed = SEED; seed < SEED + 2000; seed++) {
      byte[] damaged = damaged(genuine, new SplittableRandom(seed));

      Throwable failure = catchThrowable(() -> HighWaterMarks.fromJson(damaged));

      assertThat(failure).as("seed %d", seed).isNull();
    }
  }

  @Test
  void refreshesOrRefusesUnderDamagedMarks() throws IOException {
    TestRepository repository = new TestRepository();
    repository.client(dir).refresh();
    byte[] genuine = Files.readAllBytes(dir.resolve(MARKS));
    for (long seed = SEED; seed < SEED + 40; seed++) {
      Files.write(dir.resolve(MARKS), damaged(genuine, new SplittableRandom(seed)));

      Throwable failure = catchThrowable(() -> repository.client(dir).refresh());

      if (failure != null) {
        assertThat(failure).as("seed %d", seed).isInstanceOf(TufException.class);
      }
    }
  }

  private static byte[] damaged(byte[] genuine, SplittableRandom random) {
    byte[] damaged = genuine.clone();
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      int at = random.nextInt(damaged.length);
      switch (random.nextInt(4)) {
        case 0 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> damaged[at] = (byte) "0123456789-.eE[]{}\",:nul".charAt(random.nextInt(24));
        case 2 -> damaged = Arrays.copyOf(damaged, Math.max(1, at));
        default -> {
          byte[] longer = Arrays.copyOf(damaged, damaged.length + 9);
          System.arraycopy(damaged, at, longer, at + 9, damaged.length - at);
          damaged = longer;
        }
      }
    }
    return damaged;
  }

  @Test
  void readsBackTheMarksThatItWrote() {
    for (long seed = SEED; seed < SEED + 500; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Map<String, Long> files = new HashMap<>();
      for (int i = random.nextInt(5); i > 0; i--) {
        files.put(name(random) + ".json", random.nextLong(1, Long.MAX_VALUE));
      }
      HighWaterMarks marks =
          new HighWaterMarks(
              random.nextLong(Long.MAX_VALUE),
              random.nextLong(Long.MAX_VALUE),
              random.nextLong(Long.MAX_VALUE),
              files,
              Map.of());

      assertThat(HighWaterMarks.fromJson(marks.toJson())).as("seed %d", seed).isEqualTo(marks);
    }
  }

  @Test
  void givesEveryRoleAFileOfItsOwnInOneDirectory() {
    Map<String, String> roles = new HashMap<>();
    for (long seed = SEED; seed < SEED + 5000; seed++) {
      String role = name(new SplittableRandom(seed));
      String file = RoleName.fileName(role);

      assertThat(file).as("seed %d", seed).matches("(?:[A-Za-z0-9_.~-]|%[0-9A-F]{2})+\\.json");
      assertThat(URLDecoder.decode(file, StandardCharsets.UTF_8))
          .as("seed %d", seed)
          .isEqualTo(role + ".json");
      assertThat(dir.resolve(file).normalize().getParent()).as("seed %d", seed).isEqualTo(dir);
      assertThat(roles.put(file, role)).as("seed %d", seed).isIn(null, role);
    }
  }

  private static String name(SplittableRandom random) {
    List<String> parts =
        List.of(
            "a",
            "B",
            "0",
            "/",
            "..",
            "%",
            "%2F",
            "+",
            " ",
            "\\",
            "\0",
            "\n",
            "\u00e4",
            "\ud83d\ude00",
            "\"",
            "~",
            ":",
            "*");
    StringBuilder name = new StringBuilder();
    for (int i = random.nextInt(1, 8); i > 0; i--) {
      name.append(parts.get(random.nextInt(parts.size())));
    }
    return name.toString();
  }

  @Test
  void refusesJsonOfAnyDepth() {
    for (int depth : new int[] {10, 64, 65, 1001, 100_000}) {
      for (String open : List.of("[", "{\"a\":")) {
        for (String file : List.of("2.root.json", "timestamp.json", "1.targets.json")) {
          TestRepository repository = new TestRepository();
          String deep = "{\"signatures\":[],\"signed\":{\"x\":" + open.repeat(depth);
          repository.metadata.put(file, deep.getBytes(StandardCharsets.UTF_8));

          assertThat(catchThrowable(() -> repository.client(dir.resolve("deep")).refresh()))
              .as("%s, depth %d of %s", file, depth, open)
              .isInstanceOf(TufException.class);
        }
      }
    }
  }

  @Test
  void verifiesSignedFieldsThatAreDeepButNotTooDeep() {
    TestRepository repository = new TestRepository();
    ArrayNode deep = JsonNodeFactory.instance.arrayNode();
    ObjectNode timestamp = repository.signed("timestamp");
    timestamp.set("x", deep);
    for (int i = 0; i < 50; i++) {
      deep = deep.addArray();
    }
    repository.publish("timestamp");

    assertThat(repository.client(dir).refresh().timestamp()).isEqualTo(2);
  }

  @Test
  void refusesNumbersThatAreNoneOfItsOwn() {
    for (String number :
        List.of(
            "9223372036854775808",
            "-9223372036854775809",
            "1.0",
            "1e3",
            "1e999999999",
            "-0.0",
            "NaN",
            "0x10",
            "01",
            "9".repeat(2_000),
            "9".repeat(12_000))) {
      TestRepository repository = new TestRepository();
      String text = new String(repository.file("timestamp.json"), StandardCharsets.UTF_8);
      String changed = text.replaceFirst("\"version\":1", "\"version\":" + number);
      repository.metadata.put("timestamp.json", changed.getBytes(StandardCharsets.UTF_8));

      assertThat(catchThrowable(() -> repository.client(dir.resolve("numbers")).refresh()))
          .as(number)
          .isInstanceOf(TufException.class);
    }
  }

  @Test
  void refusesSignedNumbersBeyondALong() {
    for (String role : List.of("timestamp", "snapshot", "targets")) {
      TestRepository repository = new TestRepository();
      repository.signed(role).put("version", new BigInteger("9".repeat(40)));
      byte[] raw = TestRepository.sign(repository.signed(role), repository.signers(role));
      repository.metadata.put(role + ".json", raw);
      repository.metadata.put("1." + role + ".json", raw);

      assertThat(catchThrowable(() -> repository.client(dir.resolve(role)).refresh()))
          .as(role)
          .isInstanceOfSatisfying(
              TufException.class,
              e -> assertThat(e.reason()).isEqualTo(TufException.Reason.MALFORMED));
    }
  }
}
