package io.edgellm.inference.text;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A tokenizer.json of each kind that language models have, with a small vocabulary of random words.
 */
final class TokenizerFamily {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String GPT_2 =
      "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true,\"use_regex\":true}";
  private static final String CL100K =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
          + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String QWEN = CL100K.replace("\\p{N}{1,3}", "\\p{N}");
  private static final String O200K =
      "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
          + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
          + "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
          + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|"
          + "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String METASPACE =
      "{\"type\":\"Metaspace\",\"replacement\":\"▁\",\"prepend_scheme\":\"%s\",\"split\":%b}";
  private static final String REPLACE =
      "{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":\"▁\"}";
  private static final String FALLBACK_DECODER =
      """
      {"type": "Sequence", "decoders": [
        {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
        {"type": "ByteFallback"}, {"type": "Fuse"}]}
      """;

  private static final Map<String, String> CHARSMAP =
      Map.of("ﬁ", "fi", "①", "1", "\u3000", " ", "é", "e");

  private final String name;
  private final ObjectNode root = JSON.createObjectNode();
  private final ArrayNode added;
  private final ObjectNode model;
  private boolean keepsText = true;
  private boolean strips = true;
  private int nextId;

  private TokenizerFamily(String name) {
    this.name = name;
    root.put("version", "1.0").putNull("truncation").putNull("padding");
    added = root.putArray("added_tokens");
    root.putNull("normalizer").putNull("pre_tokenizer").putNull("post_processor");
    root.putNull("decoder");
    model = root.putObject("model");
  }

  static Stream<TokenizerFamily> all() {
    return Stream.of(
        byteLevel("GPT-2").section("pre_tokenizer", GPT_2).control(true),
        byteLevel("Llama 3").split(CL100K).ignoringMerges().control(true),
        byteLevel("o200k").split(O200K).control(true),
        byteLevel("Qwen").split(QWEN).section("normalizer", "{\"type\":\"NFC\"}").control(true),
        byteLevel("RoBERTa")
            .section("pre_tokenizer", GPT_2.replace("space\":false", "space\":true"))
            .control(true),
        sentencePiece("Llama 2").normalizer(true).decoder(true).control(false),
        sentencePiece("Llama 2 with words")
            .normalizer(true)
            .decoder(true)
            .withoutStrips()
            .control(false)
            .words(),
        sentencePiece("Mistral").metaspace("first", false).decoder(true).control(false),
        sentencePiece("Metaspace always").metaspace("always", false).decoder(true).control(false),
        sentencePiece("Gemma")
            .normalizer(false)
            .decoder(false)
            .withoutStrips()
            .control(false)
            .words(),
        unigram("Unigram, bytes", true).metaspace("first", false).decoder(true).control(false),
        unigram("Unigram, charsmap", false)
            .charsmap(CHARSMAP)
            .metaspace("always", true)
            .section("decoder", METASPACE.formatted("always", true))
            .control(false),
        unigram("T5", false)
            .charsmap(CHARSMAP)
            .section(
                "pre_tokenizer",
                """
                {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"},
                  {"type": "Metaspace", "replacement": "▁", "add_prefix_space": true}]}
                """)
            .section("decoder", METASPACE.formatted("always", true))
            .withoutType()
            .control(false),
        wordPiece("BERT").control(false));
  }

  /** A family whose normalizer makes control tokens out of look-alikes. */
  static TokenizerFamily foldingLookAlikes() {
    return unigram("look-alikes", false)
        .charsmap(Map.of("＜", "<", "＞", ">", "\u0013", ""))
        .metaspace("always", true)
        .section("decoder", METASPACE.formatted("always", true))
        .control(false);
  }

  /** The families whose decoder gives every text back that it got. */
  static Stream<TokenizerFamily> keepingText() {
    return all().filter(family -> family.keepsText);
  }

  Path write(Path directory) {
    try {
      JSON.writeValue(directory.resolve("tokenizer.json").toFile(), root);
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names of all added tokens. */
  List<String> addedContents() {
    return root.path("added_tokens").findValuesAsText("content");
  }

  /** The file, to be damaged. */
  ObjectNode json() {
    return root;
  }

  /** The text as the tokens spell it: SentencePiece reads U+2581 as a space. */
  String spelled(String text) {
    if (isByteLevel()) {
      return root.path("normalizer").path("type").asText().equals("NFC")
          ? Normalizer.normalize(text, Normalizer.Form.NFC)
          : text;
    }
    return text.replace('▁', ' ');
  }

  private boolean isByteLevel() {
    return root.path("decoder").path("type").asText().equals("ByteLevel");
  }

  @Override
  public String toString() {
    return name;
  }

  private static TokenizerFamily byteLevel(String name) {
    TokenizerFamily family = new TokenizerFamily(name).section("decoder", GPT_2);
    List<String> alphabet = new ArrayList<>();
    int next = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b != 0xAD);
      alphabet.add(Character.toString(printable ? b : next++));
    }
    family.bpe(alphabet, "Ġ");
    return family;
  }

  private static TokenizerFamily sentencePiece(String name) {
    TokenizerFamily family = new TokenizerFamily(name);
    family.model.put("unk_token", "<unk>").put("fuse_unk", true).put("byte_fallback", true);
    List<String> alphabet = new ArrayList<>(specials());
    for (int b = 0; b < 256; b++) {
      alphabet.add(String.format("<0x%02X>", b));
    }
    "▁abcdefghijklmnopqrstuvwxyzABC0123456789.,!?<>|/_[]'éß漢字"
        .codePoints()
        .forEach(c -> alphabet.add(Character.toString(c)));
    family.bpe(alphabet, "▁");
    return family;
  }

  private void bpe(List<String> alphabet, String space) {
    Set<String> pieces = new LinkedHashSet<>(alphabet);
    Random random = new Random(name.hashCode());
    String letters = "etaoinshr'dl0123" + space;
    List<String> parts = new ArrayList<>();
    letters.chars().forEach(c -> parts.add(Character.toString(c)));
    Set<String> merges = new LinkedHashSet<>();
    while (merges.size() < 400) {
      String left = parts.get(random.nextInt(parts.size()));
      String right = parts.get(random.nextInt(parts.size()));
      if (!right.startsWith(space) && left.length() + right.length() <= 8) {
        merges.add(left + " " + right);
        if (pieces.add(left + right)) {
          parts.add(left + right);
        }
      }
    }
    // Half characters: a UTF-8 lead byte with its next one.
    if (space.equals("Ġ")) {
      merges.add("Ã ©");
      pieces.add("Ã©");
      merges.add("ð Ł");
      pieces.add("ðŁ");
    }
    model.put("type", "BPE");
    ObjectNode vocab = model.putObject("vocab");
    pieces.forEach(piece -> vocab.put(piece, nextId++));
    ArrayNode list = model.putArray("merges");
    merges.forEach(list::add);
  }

  private static TokenizerFamily unigram(String name, boolean byteFallback) {
    TokenizerFamily family = new TokenizerFamily(name);
    family.keepsText = byteFallback;
    family.model.put("type", "Unigram").put("unk_id", 0).put("byte_fallback", byteFallback);
    Map<String, Double> pieces = new LinkedHashMap<>();
    specials().forEach(piece -> pieces.put(piece, 0.0));
    for (int b = 0; byteFallback && b < 256; b++) {
      pieces.put(String.format("<0x%02X>", b), 0.0);
    }
    Random random = new Random(name.hashCode());
    "▁abcdefghijklmnopqrstuvwxyzABC0123456789.,!?<>|/_[]'éß漢字"
        .codePoints()
        .forEach(c -> pieces.put(Character.toString(c), -8 - random.nextDouble()));
    List<String> parts = new ArrayList<>(pieces.keySet().stream().skip(300).toList());
    parts.addAll(List.of("▁", "e", "t", "a", "o", "n", "s", "th"));
    while (pieces.size() < 700) {
      String word =
          parts.get(random.nextInt(parts.size())) + parts.get(random.nextInt(parts.size()));
      if (word.length() <= 6 && pieces.putIfAbsent(word, -4 - random.nextDouble() * 5) == null) {
        parts.add(word);
      }
    }
    ArrayNode vocab = family.model.putArray("vocab");
    pieces.forEach((piece, score) -> vocab.addArray().add(piece).add(score));
    family.nextId = pieces.size();
    return family;
  }

  private static TokenizerFamily wordPiece(String name) {
    TokenizerFamily family = new TokenizerFamily(name);
    family.keepsText = false;
    family
        .section(
            "normalizer",
            "{\"type\":\"BertNormalizer\",\"clean_text\":true,"
                + "\"handle_chinese_chars\":true,\"strip_accents\":null,\"lowercase\":true}")
        .section("pre_tokenizer", "{\"type\":\"BertPreTokenizer\"}")
        .section("decoder", "{\"type\":\"WordPiece\",\"prefix\":\"##\",\"cleanup\":true}");
    family.model.put("type", "WordPiece").put("unk_token", "<unk>");
    family.model.put("continuing_subword_prefix", "##").put("max_input_chars_per_word", 100);
    Set<String> pieces = new LinkedHashSet<>(specials());
    "abcdefghijklmnopqrstuvwxyz0123456789.,!?<>|/_[]'éß漢字"
        .codePoints()
        .forEach(
            c -> {
              pieces.add(Character.toString(c));
              pieces.add("##" + Character.toString(c));
            });
    pieces.addAll(List.of("hello", "the", "##he", "th", "##ing", "don", "play", "##ed"));
    ObjectNode vocab = family.model.putObject("vocab");
    pieces.forEach(piece -> vocab.put(piece, family.nextId++));
    return family;
  }

  private static List<String> specials() {
    return List.of("<unk>", "<s>", "</s>");
  }

  private TokenizerFamily split(String regex) {
    ObjectNode sequence = JSON.createObjectNode().put("type", "Sequence");
    ArrayNode parts = sequence.putArray("pretokenizers");
    ObjectNode split = parts.addObject().put("type", "Split");
    split.putObject("pattern").put("Regex", regex);
    split.put("behavior", "Isolated").put("invert", false);
    parts
        .addObject()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", false);
    root.set("pre_tokenizer", sequence);
    return this;
  }

  private TokenizerFamily ignoringMerges() {
    model.put("ignore_merges", true);
    ((ObjectNode) model.path("vocab")).put("</s>", nextId++);
    return this;
  }

  private TokenizerFamily withoutType() {
    model.remove("type");
    return this;
  }

  private TokenizerFamily normalizer(boolean prepends) {
    String prepend = "{\"type\":\"Prepend\",\"prepend\":\"▁\"},";
    return section(
        "normalizer",
        "{\"type\":\"Sequence\",\"normalizers\":[" + (prepends ? prepend : "") + REPLACE + "]}");
  }

  private TokenizerFamily metaspace(String scheme, boolean split) {
    return section("pre_tokenizer", METASPACE.formatted(scheme, split));
  }

  private TokenizerFamily decoder(boolean strips) {
    String strip = ", {\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0}]}";
    return section("decoder", strips ? FALLBACK_DECODER.replace("]}", strip) : FALLBACK_DECODER);
  }

  private TokenizerFamily charsmap(Map<String, String> replacements) {
    root.putObject("normalizer")
        .put("type", "Precompiled")
        .put("precompiled_charsmap", PrecompiledCharsmap.of(replacements));
    return this;
  }

  /** Added tokens that are text: words and runs of white space. */
  private TokenizerFamily words() {
    add("  ", false, false, false, false, false);
    add("▁▁", false, false, false, false, false);
    add("\n\n", false, false, false, false, false);
    add("edgeword", false, false, false, false, false);
    return this;
  }

  /** The library takes white space for the strip of one token and for another token at once. */
  private TokenizerFamily withoutStrips() {
    strips = false;
    return this;
  }

  private TokenizerFamily control(boolean ofTheirOwn) {
    for (String content : specials()) {
      add(content, true, false, false, false, ofTheirOwn);
    }
    add("<|end|>", true, false, strips, false, false);
    add("<mask>", true, strips, false, false, false);
    add("<|endoftext|>", true, false, false, false, ofTheirOwn);
    add("<tool_call>", false, false, false, false, false);
    add("</tool_call>", false, false, false, false, false);
    add("<｜end▁of▁sentence｜>", true, false, false, false, false);
    add("[INST]", true, false, false, false, false);
    add("<word>", true, false, false, true, false);
    return this;
  }

  private void add(
      String content, boolean special, boolean left, boolean right, boolean word, boolean norm) {
    int entry = entry(content);
    added
        .addObject()
        .put("id", entry >= 0 ? entry : nextId++)
        .put("content", content)
        .put("single_word", word)
        .put("lstrip", left)
        .put("rstrip", right)
        .put("normalized", norm)
        .put("special", special);
  }

  private int entry(String content) {
    if (model.path("vocab").isObject()) {
      int id = model.path("vocab").path(content).asInt(-1);
      nextId = Math.max(nextId, id + 1);
      return id;
    }
    return specials().indexOf(content);
  }

  private TokenizerFamily section(String section, String json) {
    try {
      root.set(section, JSON.readTree(json));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
