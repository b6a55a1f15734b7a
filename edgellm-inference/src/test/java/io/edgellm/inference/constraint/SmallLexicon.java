package io.edgellm.inference.constraint;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** A vocabulary that a test writes down: texts, raw bytes, control tokens, and one end token. */
final class SmallLexicon {
  private final List<byte[]> tokens = new ArrayList<>();
  private final List<Integer> controls = new ArrayList<>();
  private int end = -1;

  SmallLexicon texts(String... texts) {
    for (String text : texts) {
      tokens.add(text.getBytes(StandardCharsets.UTF_8));
    }
    return this;
  }

  SmallLexicon bytes(byte[] bytes) {
    tokens.add(bytes);
    return this;
  }

  SmallLexicon allBytes() {
    for (int value = 0; value < 256; value++) {
      tokens.add(new byte[] {(byte) value});
    }
    return this;
  }

  SmallLexicon controls(String... contents) {
    for (String content : contents) {
      controls.add(tokens.size());
      texts(content);
    }
    return this;
  }

  SmallLexicon end(String content) {
    end = tokens.size();
    return controls(content);
  }

  int size() {
    return tokens.size();
  }

  int endToken() {
    return end;
  }

  boolean isControl(int token) {
    return controls.contains(token);
  }

  byte[] bytesOf(int token) {
    return tokens.get(token);
  }

  String textOf(int token) {
    return new String(tokens.get(token), StandardCharsets.UTF_8);
  }

  String textOf(int[] all) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int token : all) {
      text.writeBytes(tokens.get(token));
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  Lexicon lexicon() {
    return new Lexicon(tokens.size(), tokens::get, controls::contains, Set.of(end));
  }

  ConstraintCompiler compiler() {
    return new ConstraintCompiler(lexicon(), longestFirst());
  }

  /** A tokenizer that takes the longest token at each place. */
  Function<String, int[]> longestFirst() {
    return text -> {
      List<Integer> spelled = new ArrayList<>();
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      int at = 0;
      while (at < bytes.length) {
        int token = longestAt(bytes, at);
        spelled.add(token);
        at += tokens.get(token).length;
      }
      return spelled.stream().mapToInt(i -> i).toArray();
    };
  }

  private int longestAt(byte[] text, int at) {
    int longest = -1;
    for (int token = 0; token < tokens.size(); token++) {
      byte[] bytes = tokens.get(token);
      boolean fits =
          !controls.contains(token)
              && bytes.length > 0
              && bytes.length <= text.length - at
              && Arrays.equals(bytes, 0, bytes.length, text, at, at + bytes.length);
      if (fits && (longest < 0 || bytes.length > tokens.get(longest).length)) {
        longest = token;
      }
    }
    return longest;
  }
}
