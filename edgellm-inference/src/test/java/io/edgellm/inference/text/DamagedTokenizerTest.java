package io.edgellm.inference.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.edgellm.llm.InferenceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A tokenizer.json with a fault is refused by name, or does its work; nothing else. */
class DamagedTokenizerTest {
  private static final int FAULTS = 50;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  @ParameterizedTest
  @MethodSource("io.edgellm.inference.text.TokenizerFamily#all")
  void isRefusedByNameOrWorks(TokenizerFamily family) throws IOException {
    long seed = 31;
    Random random = new Random(seed);
    for (int round = 0; round < FAULTS; round++) {
      ObjectNode file = family.json().deepCopy();
      String fault = damage(file, random);
      write(JSON.writeValueAsString(file));
      try (Tokenizer tokenizer = Tokenizer.load(directory)) {
        tokenizer.decode(tokenizer.encode(List.of(TextSpan.control("<s>hello, é the 漢 </s>"))));
        tokenizer.encodeContinuation("the <s>");
      } catch (InferenceException expected) {
        assertThat(expected).as("seed %d, %s", seed, fault).hasMessageContaining("tokenizer");
      } catch (RuntimeException wrong) {
        throw new AssertionError("seed " + seed + ", round " + round + ": " + fault, wrong);
      }
    }
  }

  @Test
  void isRefusedWithoutMerges() throws IOException {
    ObjectNode file = TokenizerFamily.all().findFirst().orElseThrow().json();
    ((ObjectNode) file.path("model")).remove("merges");
    write(file.toString());
    assertRefused(InferenceException.Reason.MODEL_INVALID, "merges");
  }

  @Test
  void isRefusedIfTwoEntriesHaveOneId() throws IOException {
    write("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":0},\"merges\":[]}}");
    assertRefused(InferenceException.Reason.MODEL_INVALID, "gives the id 0 to 'a' and to 'b'");
  }

  @Test
  void isRefusedIfAnAddedTokenTakesTheIdOfAnEntry() throws IOException {
    write(
        "{\"added_tokens\":[{\"id\":0,\"content\":\"<s>\",\"special\":true}],"
            + "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]}}");
    assertRefused(InferenceException.Reason.MODEL_INVALID, "gives the id 0 to 'a' and to '<s>'");
  }

  @Test
  void isRefusedIfAnIdIsBeyondEveryVocabulary() throws IOException {
    write("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":2000000000},\"merges\":[]}}");
    assertRefused(InferenceException.Reason.MODEL_INVALID, "2000000000");
  }

  @Test
  void isRefusedIfAnEntryHasNoScore() throws IOException {
    write("{\"model\":{\"type\":\"Unigram\",\"vocab\":[\"a\"]}}");
    assertRefused(InferenceException.Reason.MODEL_INVALID, "a piece and a score");
  }

  @Test
  void isRefusedIfWordPieceHasNoEntryForTheUnknown() throws IOException {
    write("{\"model\":{\"type\":\"WordPiece\",\"unk_token\":\"[UNK]\",\"vocab\":{\"a\":0}}}");
    assertRefused(InferenceException.Reason.MODEL_INVALID, "[UNK]");
  }

  @Test
  void saysSoIfATextCannotBeSpelled() throws IOException {
    write(
        "{\"decoder\":{\"type\":\"Metaspace\",\"replacement\":\"▁\",\"prepend_scheme\":\"never\"},"
            + "\"model\":{\"type\":\"Unigram\",\"unk_id\":null,\"vocab\":[[\"a\",-1.0]]}}");
    try (Tokenizer tokenizer = Tokenizer.load(directory)) {
      assertThatThrownBy(() -> tokenizer.encode("b"))
          .isInstanceOf(InferenceException.class)
          .hasMessageContaining("cannot spell this text");
    }
  }

  private void write(String json) throws IOException {
    Files.writeString(directory.resolve("tokenizer.json"), json);
  }

  private void assertRefused(InferenceException.Reason reason, String part) {
    assertThatThrownBy(() -> Tokenizer.load(directory).close())
        .isInstanceOfSatisfying(
            InferenceException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(part);
  }

  /** Takes a node out of the file, or puts another one in its place. */
  static String damage(ObjectNode file, Random random) {
    List<String> path = new ArrayList<>();
    JsonNode at = file;
    while (true) {
      List<String> names = new ArrayList<>();
      at.fieldNames().forEachRemaining(names::add);
      String name =
          at.isArray()
              ? Integer.toString(random.nextInt(at.size()))
              : names.get(random.nextInt(names.size()));
      path.add(name);
      JsonNode child = at.isArray() ? at.path(Integer.parseInt(name)) : at.path(name);
      if (child.isContainerNode() && !child.isEmpty() && random.nextInt(4) > 0) {
        at = child;
        continue;
      }
      JsonNode other = replacement(random, file);
      if (at instanceof ArrayNode list) {
        list.set(Integer.parseInt(name), other);
      } else if (random.nextBoolean()) {
        ((ObjectNode) at).remove(name);
      } else {
        ((ObjectNode) at).set(name, other);
      }
      return path + " becomes " + (other.isContainerNode() ? "a part of the file" : other);
    }
  }

  private static JsonNode replacement(Random random, ObjectNode file) {
    return switch (random.nextInt(7)) {
      case 0 -> NullNode.getInstance();
      case 1 -> IntNode.valueOf(random.nextBoolean() ? -1 : 1 << 30);
      case 2 -> TextNode.valueOf("");
      case 3 -> TextNode.valueOf("\u0000[(*");
      case 4 -> file.path("decoder").deepCopy();
      case 5 -> JSON.createArrayNode().add(JSON.createArrayNode());
      default -> JSON.createObjectNode().put("type", "Unheard");
    };
  }
}
