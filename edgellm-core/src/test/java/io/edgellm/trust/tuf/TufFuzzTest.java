package io.edgellm.trust.tuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damage of every kind ends in a result or a {@link TufException}, and never in anything else. */
class TufFuzzTest {
  private static final long SEED = 20_300_601;
  private static final List<String> ROLES =
      List.of("root", "timestamp", "snapshot", "targets", "team");

  @TempDir Path dir;

  @Test
  void survivesDamagedFilesFromTheRepository() {
    TestRepository repository = rich();
    Map<String, byte[]> genuine = Map.copyOf(repository.metadata);
    List<String> files = genuine.keySet().stream().sorted().toList();
    for (int i = 0; i < 200; i++) {
      Random random = new Random(SEED + i);
      String file = files.get(random.nextInt(files.size()));
      repository.metadata.putAll(genuine);
      repository.metadata.put(file, damaged(repository.file(file), random));

      use(repository, "damage of " + file + ", seed " + (SEED + i), i);
    }
  }

  @Test
  void survivesValidlySignedNonsense() {
    for (int i = 0; i < 60; i++) {
      Random random = new Random(SEED - i);
      TestRepository repository = rich();
      String role = ROLES.get(random.nextInt(ROLES.size()));
      ObjectNode content = repository.signed(role);
      content.put("version", content.get("version").asLong() + 1);
      mutate(content, random);
      try {
        repository.publishAsIs(role);
        publishWhatNames(repository, role);
      } catch (TufException | NullPointerException | UnsupportedOperationException e) {
        continue; // The publisher itself could not make sense of it.
      }

      use(repository, "nonsense in " + role + ", seed " + (SEED - i), i);
    }
  }

  private static void publishWhatNames(TestRepository repository, String role) {
    if (role.equals("team") || role.equals("targets")) {
      repository.publish("snapshot", "timestamp");
    } else if (role.equals("snapshot")) {
      repository.publish("timestamp");
    }
  }

  @Test
  void survivesADamagedCacheAndRepairsIt() throws IOException {
    TestRepository repository = rich();
    for (int i = 0; i < 60; i++) {
      Random random = new Random(SEED * 3 + i);
      Path cache = dir.resolve("cache");
      repository.client(cache).refresh();
      List<Path> files;
      try (Stream<Path> all = Files.walk(cache)) {
        files = all.filter(Files::isRegularFile).sorted().toList();
      }
      Path file = files.get(random.nextInt(files.size()));
      if (file.getFileName().toString().equals("high-water-marks")) {
        Files.write(file, new byte[random.nextInt(20)]);
      } else {
        Files.write(file, damaged(Files.readAllBytes(file), random));
      }

      Throwable failure = catchThrowable(() -> repository.client(cache).refresh());

      assertThat(failure).as(file + ", seed " + (SEED * 3 + i)).isNull();
    }
  }

  private static TestRepository rich() {
    TestRepository repository = new TestRepository();
    repository.listsHashes = true;
    repository.addTarget("targets", "a", "a");
    repository.delegate("targets", "team", false, "*", "b/*");
    repository.addTarget("team", "x", "x");
    repository.publish("root", "team", "targets", "snapshot", "timestamp");
    return repository;
  }

  private void use(TestRepository repository, String what, int run) {
    Throwable failure =
        catchThrowable(
            () -> {
              TufClient client = repository.client(dir.resolve("run" + run));
              client.refresh();
              client.findTarget("x");
            });
    if (failure != null) {
      assertThat(failure).as(what).isInstanceOf(TufException.class);
    }
  }

  private static byte[] damaged(byte[] bytes, Random random) {
    byte[] damaged = bytes.clone();
    switch (random.nextInt(3)) {
      case 0 -> damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      case 1 -> damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length));
      default -> {
        int from = random.nextInt(damaged.length);
        for (int i = from; i < Math.min(damaged.length, from + 8); i++) {
          damaged[i] = (byte) random.nextInt();
        }
      }
    }
    return damaged;
  }

  private static void mutate(ObjectNode root, Random random) {
    List<ObjectNode> objects = new ArrayList<>();
    collect(root, objects);
    ObjectNode object = objects.get(random.nextInt(objects.size()));
    List<String> fields = new ArrayList<>();
    object.fieldNames().forEachRemaining(fields::add);
    if (fields.isEmpty()) {
      object.set("new", nonsense(random));
    } else {
      object.set(fields.get(random.nextInt(fields.size())), nonsense(random));
    }
  }

  private static void collect(JsonNode node, List<ObjectNode> objects) {
    if (node instanceof ObjectNode object) {
      objects.add(object);
    }
    node.forEach(child -> collect(child, objects));
  }

  private static JsonNode nonsense(Random random) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    ArrayNode list = json.arrayNode().add("x").add(1).addNull();
    return List.of(
            json.nullNode(),
            json.booleanNode(true),
            json.numberNode(-1),
            json.numberNode(Long.MAX_VALUE),
            json.numberNode(new BigInteger("9".repeat(40))),
            json.textNode(""),
            json.textNode("../\u0000x"),
            json.textNode("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"),
            list,
            json.objectNode(),
            json.objectNode().set("version", json.numberNode(1)))
        .get(random.nextInt(11));
  }
}
