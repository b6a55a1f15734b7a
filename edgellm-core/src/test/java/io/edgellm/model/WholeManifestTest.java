package io.edgellm.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WholeManifestTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ReleaseManifest WHOLE = ManifestScene.everything();

  private static final List<String> TEXTS = List.of("", "1.2", "..", "\u0000", "float16");

  private static String json() {
    return new String(WHOLE.toJson(), UTF_8);
  }

  private static void assertRefused(ModelException.Reason reason, String json) {
    assertThatThrownBy(() -> ReleaseManifest.fromJson(json.getBytes(UTF_8)))
        .isInstanceOfSatisfying(
            ModelException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void readsEverythingThatItWrote() {
    assertThat(ReleaseManifest.fromJson(WHOLE.toJson())).isEqualTo(WHOLE);
  }

  @Test
  void readsEverythingFromYaml() {
    assertThat(ReleaseManifest.fromYaml(WHOLE.toJson())).isEqualTo(WHOLE);
  }

  @Test
  void theBytesOfAManifestThatSaysEverythingNeverChange() {
    assertThat(Sha256.of(WHOLE.toJson()).hex())
        .as("signatures of earlier versions cover these bytes")
        .isEqualTo("c83292d9cf2f6a1107cb20df5513f407411d482f25b80bd9519f0ed63e700ff3");
  }

  @Test
  void writesNothingOfWhatNobodySaid() throws IOException {
    JsonNode little = JSON.readTree(ManifestScene.says("1.0.0", ManifestScene.small()).toJson());
    assertThat(little.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "schema",
            "model",
            "version",
            "created",
            "format",
            "files",
            "requirements",
            "provenance",
            "rollbackIndex",
            "approvedBy");
    assertThat(little.get("requirements")).hasSize(6);
  }

  @Test
  void refusesAFieldThatItDoesNotKnowInEveryObject() throws IOException {
    List<ObjectNode> objects = new ArrayList<>();
    JsonNode root = JSON.readTree(WHOLE.toJson());
    collect(root, objects);
    // Names in these two are the publisher's own.
    objects.remove((ObjectNode) root.at("/provenance"));
    objects.remove((ObjectNode) root.at("/quantization/knobs"));
    for (ObjectNode object : objects) {
      object.putArray("notKnown");
      assertThatThrownBy(() -> ReleaseManifest.fromJson(JSON.writeValueAsBytes(root)))
          .as(object.toString())
          .isInstanceOf(ModelException.class);
      object.remove("notKnown");
    }
    assertThat(objects).hasSize(13);
    assertThat(ReleaseManifest.fromJson(JSON.writeValueAsBytes(root))).isEqualTo(WHOLE);
  }

  private static void collect(JsonNode node, List<ObjectNode> objects) {
    if (node instanceof ObjectNode object) {
      objects.add(object);
    }
    node.forEach(child -> collect(child, objects));
  }

  @Test
  void refusesAnAdapterWhoseFilesAreNotThere() {
    assertRefused(
        ModelException.Reason.INVALID_VALUE,
        json().replace("[\"polite.onnx_adapter\"]", "[\"rude.onnx_adapter\"]"));
  }

  @Test
  void refusesARangeOfVersionsThatNothingIsIn() {
    assertRefused(
        ModelException.Reason.INVALID_VALUE,
        json().replace("\"maxRuntimeVersion\":\"1.28\"", "\"maxRuntimeVersion\":\"1.19\""));
  }

  @Test
  void refusesWhatIsNoLanguageModalityOperatorSetOrSize() {
    for (String[] change :
        new String[][] {
          {"[\"en\",\"de\"]", "[\"english\"]"},
          {"[\"text\"]", "[\"smell\"]"},
          {"\"ai.onnx\":21", "\"ai.onnx\":0"},
          {"\"kvBytesPerToken\":2560", "\"kvBytesPerToken\":-1"},
          {"\"tritonVersion\":7", "\"tritonVersion\":-7"},
          {"\"probes\":200", "\"probes\":-1"},
          {"\"precision\":\"float32,int8\"", "\"precision\":\"as fast as it gets\""}
        }) {
      assertThat(json()).contains(change[0]);
      assertRefused(ModelException.Reason.INVALID_VALUE, json().replace(change[0], change[1]));
    }
  }

  @Test
  void everyChangeOfTheDocumentIsReadAlikeOrRefused() throws IOException {
    long seed = 41;
    Random random = new Random(seed);
    for (int round = 0; round < 3000; round++) {
      JsonNode root = JSON.readTree(WHOLE.toJson());
      change(root, random);
      byte[] changed = JSON.writeValueAsBytes(root);
      try {
        ReleaseManifest read = ReleaseManifest.fromJson(changed);
        assertThat(ReleaseManifest.fromJson(read.toJson()).toJson())
            .as("seed %s, round %s", seed, round)
            .isEqualTo(read.toJson());
      } catch (ModelException e) {
        assertThat(e.getMessage()).isNotBlank();
      } catch (RuntimeException e) {
        throw new AssertionError(
            "seed " + seed + ", round " + round + ": " + new String(changed, UTF_8), e);
      }
    }
  }

  /** Puts something of another kind, or nothing, in the place of one value. */
  private static void change(JsonNode root, Random random) {
    List<ObjectNode> objects = new ArrayList<>();
    collect(root, objects);
    ObjectNode object = objects.get(random.nextInt(objects.size()));
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    String name = names.get(random.nextInt(names.size()));
    switch (random.nextInt(8)) {
      case 0 -> object.remove(name);
      case 1 -> object.putNull(name);
      case 2 -> object.put(name, random.nextLong());
      case 3 -> object.put(name, random.nextInt(3) - 1);
      case 4 -> object.put(name, random.nextBoolean());
      case 5 -> object.put(name, random.nextDouble() * 1e300);
      case 6 -> object.put(name, TEXTS.get(random.nextInt(TEXTS.size())));
      default -> {
        ArrayNode list = object.putArray(name);
        list.add(random.nextBoolean() ? root.get("model") : object.deepCopy());
      }
    }
  }
}
