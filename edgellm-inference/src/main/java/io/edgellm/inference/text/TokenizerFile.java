package io.edgellm.inference.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import io.edgellm.inference.internal.ModelFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What tokenizer.json says, without its merges.
 *
 * <p>Read as a stream: as a tree, the merges and the vocabulary of a large model (33 MB of JSON)
 * would take several hundred megabytes of heap for a moment.
 */
final class TokenizerFile {
  static final int MAX_BYTES = 256 << 20;

  /** Eight times the largest vocabulary that is published: what a small file can make us keep. */
  private static final int MAX_ID = 1 << 21;

  private static final List<String> MODEL_TYPES = List.of("BPE", "Unigram", "WordPiece");

  private final ModelFile file;
  private final byte[] json;
  private final Map<String, JsonNode> sections = new TreeMap<>();
  private @Nullable String modelType;
  private @Nullable String unknownEntry;
  private int unknownId = -1;
  private final Set<String> modelFields = new HashSet<>();
  private boolean hasScores;
  private @Nullable String[] entries = new @Nullable String[1 << 15];
  private int size;
  private final List<AddedToken> addedTokens = new ArrayList<>();
  private final List<Part> parts = new ArrayList<>();

  /**
   * A field of the file and the bytes of its value.
   *
   * @param name of the field
   * @param start of the value in {@link #json()}
   * @param end behind it
   */
  record Part(String name, int start, int end) {}

  private TokenizerFile(ModelFile file, byte[] json) {
    this.file = file;
    this.json = json;
  }

  /**
   * Reads a file.
   *
   * @throws io.edgellm.llm.InferenceException MODEL_INVALID if it is missing, too large, not JSON
   *     or not a tokenizer; MODEL_UNSUPPORTED if it is one of another kind
   */
  static TokenizerFile read(ModelFile file, ObjectMapper mapper) {
    return read(file, file.read(), mapper);
  }

  /** Reads the bytes of a file. */
  static TokenizerFile read(ModelFile file, byte[] json, ObjectMapper mapper) {
    TokenizerFile read = new TokenizerFile(file, json);
    try (JsonParser parser = mapper.createParser(read.json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw file.invalid("is not a JSON object", null);
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        read.part(parser);
      }
    } catch (JsonProcessingException e) {
      throw file.invalid("is not a tokenizer: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw file.unreadable(e);
    }
    read.check();
    return read;
  }

  byte[] json() {
    return json;
  }

  ModelFile file() {
    return file;
  }

  /** All fields in their order. */
  List<Part> parts() {
    return parts;
  }

  List<AddedToken> addedTokens() {
    return addedTokens;
  }

  /** A section that is small: normalizer, pre_tokenizer, post_processor, decoder. */
  JsonNode section(String name) {
    return sections.getOrDefault(name, NullNode.getInstance());
  }

  /**
   * Returns the vocabulary in bytes.
   *
   * @throws io.edgellm.llm.InferenceException MODEL_UNSUPPORTED if the decoder is of a kind from
   *     which the bytes of a token cannot be read
   */
  Vocabulary vocabulary() {
    return Vocabulary.of(Arrays.copyOf(entries, size), addedTokens, pieces());
  }

  /** Returns the entry that stands for what the vocabulary cannot spell, if there is one. */
  Optional<String> unknownEntry() {
    return unknownId >= 0 && unknownId < size
        ? Optional.ofNullable(entries[unknownId])
        : Optional.ofNullable(unknownEntry);
  }

  /** Returns the id of {@link #unknownEntry()}; -1 if there is none. */
  int unknownId() {
    return unknownId >= 0 || unknownEntry == null
        ? unknownId
        : Arrays.asList(entries).indexOf(unknownEntry);
  }

  Pieces pieces() {
    JsonNode decoder = section("decoder");
    if (contains(decoder, "ByteLevel")
        || (decoder.isNull() && contains(section("pre_tokenizer"), "ByteLevel"))) {
      return new ByteLevelPieces();
    }
    if (contains(decoder, "Metaspace")) {
      return new SentencePieces(
          prependsSpace(decoder)
              ? Pieces.LeadingSpace.DROP_IN_FIRST_TOKEN
              : Pieces.LeadingSpace.KEEP,
          contains(decoder, "ByteFallback"));
    }
    if (contains(decoder, "WordPiece")) {
      return new WordPieces(
          decoder.path("prefix").asText(WordPieces.USUAL_PREFIX),
          decoder.path("cleanup").asBoolean(true));
    }
    if (contains(decoder, "Replace") || contains(decoder, "ByteFallback")) {
      return new SentencePieces(
          contains(decoder, "Strip") ? Pieces.LeadingSpace.DROP_ONE : Pieces.LeadingSpace.KEEP,
          contains(decoder, "ByteFallback"));
    }
    throw file.unsupported(
        "has a decoder of the kind "
            + (decoder.isNull() ? "none" : decoder.path("type").asText())
            + "; supported are ByteLevel, Metaspace, WordPiece and SentencePiece's Replace with"
            + " ByteFallback");
  }

  /** Whether a part of this type stands in the section, or in a Sequence in it. */
  static boolean contains(JsonNode section, String type) {
    if (section.path("type").asText().equals(type)) {
      return true;
    }
    for (String list : List.of("pretokenizers", "decoders", "normalizers", "processors")) {
      for (JsonNode part : section.path(list)) {
        if (contains(part, type)) {
          return true;
        }
      }
    }
    return false;
  }

  static boolean prependsSpace(JsonNode section) {
    JsonNode metaspace = section;
    for (JsonNode part : section.path("decoders")) {
      metaspace = part.path("type").asText().equals("Metaspace") ? part : metaspace;
    }
    String scheme = metaspace.path("prepend_scheme").asText("");
    return scheme.isEmpty()
        ? metaspace.path("add_prefix_space").asBoolean(true)
        : !scheme.equals("never");
  }

  private void part(JsonParser parser) throws IOException {
    String name = parser.currentName();
    parser.nextToken();
    long start = parser.currentTokenLocation().getByteOffset();
    section(name, parser);
    parser.finishToken();
    long end = parser.currentLocation().getByteOffset();
    if (start < 0 || end < 0) {
      throw file.invalid("is not UTF-8", null);
    }
    parts.add(new Part(name, Math.toIntExact(start), Math.toIntExact(end)));
  }

  private void section(String name, JsonParser parser) throws IOException {
    switch (name) {
      case "model" -> model(parser);
      case "added_tokens" -> {
        JsonNode list = parser.readValueAsTree();
        Map<Integer, String> contents = new HashMap<>();
        for (JsonNode node : list) {
          AddedToken token = AddedToken.read(node);
          if (token.content().isEmpty()) {
            throw file.invalid("has an added token without content", null);
          }
          checkId(token.id());
          String other = contents.put(token.id(), token.content());
          if (other != null && !other.equals(token.content())) {
            throw taken(token.id(), other, token.content());
          }
          addedTokens.add(token);
        }
      }
      case "normalizer", "pre_tokenizer", "post_processor", "decoder" ->
          sections.put(name, parser.readValueAsTree());
      default -> parser.skipChildren();
    }
  }

  private void model(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw file.invalid("has a model that is not an object", null);
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      modelFields.add(name);
      if (name.equals("type") && value == JsonToken.VALUE_STRING) {
        modelType = parser.getText();
      } else if (name.equals("unk_token") && value == JsonToken.VALUE_STRING) {
        unknownEntry = parser.getText();
      } else if (name.equals("unk_id") && value == JsonToken.VALUE_NUMBER_INT) {
        unknownId = parser.getIntValue();
      } else if (name.equals("vocab") && value == JsonToken.START_OBJECT) {
        vocabularyByName(parser);
      } else if (name.equals("vocab") && value == JsonToken.START_ARRAY) {
        vocabularyInOrder(parser);
      } else {
        parser.skipChildren();
      }
    }
  }

  private void vocabularyByName(JsonParser parser) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String entry = parser.currentName();
      if (parser.nextToken() != JsonToken.VALUE_NUMBER_INT) {
        throw file.invalid("has a vocabulary entry without a number", null);
      }
      put(parser.getIntValue(), entry);
    }
  }

  /** Unigram: a list of {@code [piece, score]}; the place is the id. */
  private void vocabularyInOrder(JsonParser parser) throws IOException {
    hasScores = true;
    int id = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.START_ARRAY
          || parser.nextToken() != JsonToken.VALUE_STRING) {
        throw file.invalid("has a vocabulary entry that is not a piece and a score", null);
      }
      put(id++, parser.getText());
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        parser.skipChildren();
      }
    }
  }

  private void put(int id, String entry) {
    checkId(id);
    if (id >= entries.length) {
      entries = Arrays.copyOf(entries, Math.max(id + 1, entries.length * 2));
    }
    String other = entries[id];
    if (other != null && !other.equals(entry)) {
      throw taken(id, other, entry);
    }
    entries[id] = entry;
    size = Math.max(size, id + 1);
  }

  private void checkId(int id) {
    if (id < 0 || id >= MAX_ID) {
      throw file.invalid("has the token id " + id + "; ids are 0 to " + (MAX_ID - 1), null);
    }
  }

  private void check() {
    if (size == 0) {
      throw file.invalid("has no vocabulary; it is not a Hugging Face tokenizer", null);
    }
    String type = modelType != null ? modelType : impliedType();
    if (!MODEL_TYPES.contains(type)) {
      throw file.unsupported("has a model of the kind " + type + "; supported are " + MODEL_TYPES);
    }
    if (type.equals("WordPiece") && unknownId() < 0) {
      throw file.invalid("has no entry for what it cannot spell: " + unknownEntry, null);
    }
    checkCharsmaps(section("normalizer"));
    for (AddedToken token : addedTokens) {
      String entry = token.id() < size ? entries[token.id()] : null;
      if (entry != null && !entry.equals(token.content())) {
        throw taken(token.id(), entry, token.content());
      }
    }
  }

  private void checkCharsmaps(JsonNode normalizer) {
    if (normalizer.path("type").asText().equals("Precompiled")
        && !Charsmap.isSound(normalizer.path("precompiled_charsmap").asText())) {
      throw file.invalid("has a damaged precompiled_charsmap in its normalizer", null);
    }
    for (JsonNode part : normalizer.path("normalizers")) {
      checkCharsmaps(part);
    }
  }

  /** Files of before 2021 do not say what they are; the library tells it by the fields, too. */
  private String impliedType() {
    if (modelFields.contains("merges")) {
      return "BPE";
    }
    if (hasScores) {
      return "Unigram";
    }
    return modelFields.contains("max_input_chars_per_word") ? "WordPiece" : "none";
  }

  private RuntimeException taken(int id, String one, String other) {
    return file.invalid(
        "gives the id " + id + " to '" + one + "' and to '" + other + "'; an id is one token",
        null);
  }
}
