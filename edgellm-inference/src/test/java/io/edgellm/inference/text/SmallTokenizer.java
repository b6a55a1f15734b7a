package io.edgellm.inference.text;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;

/** Writes a tokenizer.json with a handful of words, byte fallback and control tokens. */
public final class SmallTokenizer {
  public static final String LLAMA_NORMALIZER =
      """
      {"type": "Sequence", "normalizers": [
        {"type": "Prepend", "prepend": "▁"},
        {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}
      """;
  public static final String LLAMA_DECODER =
      """
      {"type": "Sequence", "decoders": [
        {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
        {"type": "ByteFallback"}, {"type": "Fuse"},
        {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
      """;
  public static final String METASPACE_FIRST =
      """
      {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": false}
      """;

  private final ObjectMapper mapper = new ObjectMapper();
  private final ObjectNode root = mapper.createObjectNode();
  private final ArrayNode added;
  private final ObjectNode model;
  private final String[] pieces;

  public SmallTokenizer() {
    root.put("version", "1.0").putNull("truncation").putNull("padding");
    added = root.putArray("added_tokens");
    root.putNull("normalizer").putNull("pre_tokenizer").putNull("post_processor");
    root.putNull("decoder");
    model = root.putObject("model");
    pieces = pieces();
    addToken(0, "<unk>", true, false);
    addToken(1, "<s>", true, false);
    addToken(2, "</s>", true, false);
    addToken(pieces.length, "<|end|>", true, true);
    addToken(pieces.length + 1, "<tool_call>", false, false);
  }

  public SmallTokenizer section(String name, String json) throws IOException {
    root.set(name, mapper.readTree(json));
    return this;
  }

  public SmallTokenizer bpe() {
    model.put("type", "BPE").put("unk_token", "<unk>").put("fuse_unk", true);
    model.put("byte_fallback", true);
    ObjectNode vocab = model.putObject("vocab");
    for (int id = 0; id < pieces.length; id++) {
      vocab.put(pieces[id], id);
    }
    ArrayNode merges = model.putArray("merges");
    for (String merge :
        new String[] {"h e", "l l", "he ll", "hell o", "▁ hello", "▁ w", "o r", "▁w or", "l d"}) {
      merges.add(merge);
    }
    return this;
  }

  public SmallTokenizer unigram() {
    model.put("type", "Unigram").put("unk_id", 0).put("byte_fallback", true);
    ArrayNode vocab = model.putArray("vocab");
    for (int id = 0; id < pieces.length; id++) {
      vocab.addArray().add(pieces[id]).add(id < 259 ? 0.0 : -2.0 - 0.01 * id);
    }
    return this;
  }

  SmallTokenizer kind(String type) {
    model.put("type", type).putObject("vocab").put("a", 0);
    return this;
  }

  /** Returns the number of tokens, the added ones included. */
  public int size() {
    return pieces.length + 2;
  }

  public void write(Path directory) throws IOException {
    mapper.writeValue(directory.resolve("tokenizer.json").toFile(), root);
  }

  private void addToken(int id, String content, boolean special, boolean stripsRight) {
    added
        .addObject()
        .put("id", id)
        .put("content", content)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", stripsRight)
        .put("normalized", false)
        .put("special", special);
  }

  private static String[] pieces() {
    String words = "▁ h e l o w r d he ll hell hello ▁hello ▁w or ▁wor ld < / s > | n t _ c a";
    String[] rest = words.split(" ", -1);
    String[] all = new String[259 + rest.length];
    all[0] = "<unk>";
    all[1] = "<s>";
    all[2] = "</s>";
    for (int b = 0; b < 256; b++) {
      all[3 + b] = String.format("<0x%02X>", b);
    }
    System.arraycopy(rest, 0, all, 259, rest.length);
    return all;
  }
}
