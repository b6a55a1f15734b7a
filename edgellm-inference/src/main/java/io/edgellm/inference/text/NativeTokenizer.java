package io.edgellm.inference.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import io.edgellm.llm.InferenceException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Owns one tokenizer of the native library.
 *
 * <p>DJL's own wrapper is left out on purpose. It reports each start on a cloud machine to its
 * makers, cuts the input at 512 tokens unless told otherwise, and copies offsets, words and pieces
 * of every token out of the native heap where only ids are wanted.
 *
 * <p>Encoding is safe on several threads at once; closing waits for those that encode.
 */
final class NativeTokenizer implements AutoCloseable {
  private final ReadWriteLock lifetime = new ReentrantReadWriteLock();
  private final long handle;

  /**
   * The library numbers the added tokens of a file one after the other, whatever the file says:
   * where some were taken out of it, the others get their ids back here.
   */
  private final Map<Integer, Integer> renumbered = new HashMap<>();

  private boolean closed;

  /**
   * Takes a tokenizer.json; the library's own exception says what is wrong with it.
   *
   * @param json the file
   * @param added the added tokens in it
   */
  NativeTokenizer(String json, List<AddedToken> added) {
    NativeTokenizerLibrary.load();
    handle = TokenizersLibrary.LIB.createTokenizerFromString(json);
    for (AddedToken token : added) {
      int[] ids = encode(token.content());
      if (ids.length == 1 && ids[0] != token.id()) {
        renumbered.put(ids[0], token.id());
      }
    }
  }

  int[] encode(String text) {
    if (text.isEmpty()) {
      return new int[0];
    }
    Lock use = lifetime.readLock();
    use.lock();
    try {
      if (closed) {
        throw closedError();
      }
      long encoding = encoded(wellFormed(text));
      try {
        return toInts(TokenizersLibrary.LIB.getTokenIds(encoding));
      } finally {
        TokenizersLibrary.LIB.deleteEncoding(encoding);
      }
    } finally {
      use.unlock();
    }
  }

  @Override
  public void close() {
    Lock end = lifetime.writeLock();
    end.lock();
    try {
      if (!closed) {
        closed = true;
        TokenizersLibrary.LIB.deleteTokenizer(handle);
      }
    } finally {
      end.unlock();
    }
  }

  static InferenceException closedError() {
    return new InferenceException(
        InferenceException.Reason.CLOSED,
        "The tokenizer is closed; the model that it belongs to was unloaded.",
        "tokenizer");
  }

  private long encoded(String text) {
    try {
      return TokenizersLibrary.LIB.encode(handle, text, false);
    } catch (RuntimeException e) {
      throw new InferenceException(
          InferenceException.Reason.MODEL_INVALID,
          "The tokenizer of the model cannot spell this text; its tokenizer.json is not complete: "
              + e.getMessage(),
          "tokenizer.json",
          e);
    }
  }

  /** Half of a surrogate pair is no character: it becomes U+FFFD, as in every UTF-8 encoder. */
  private static String wellFormed(String text) {
    StringBuilder repaired = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      if (i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1))) {
        i++;
        continue;
      }
      if (repaired == null) {
        repaired = new StringBuilder(text);
      }
      repaired.setCharAt(i, '\uFFFD');
    }
    return repaired == null ? text : repaired.toString();
  }

  private int[] toInts(long[] ids) {
    int[] ints = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      ints[i] = (int) ids[i];
    }
    if (!renumbered.isEmpty()) {
      Arrays.setAll(ints, i -> renumbered.getOrDefault(ints[i], ints[i]));
    }
    return ints;
  }
}
