package io.edgellm.inference.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The unchanged tokenizer.json in the native library: what Hugging Face itself answers. */
final class LibraryTokenizer implements AutoCloseable {
  private final long handle;

  LibraryTokenizer(Path directory) throws IOException {
    NativeTokenizerLibrary.load();
    handle =
        TokenizersLibrary.LIB.createTokenizerFromString(
            Files.readString(directory.resolve("tokenizer.json")));
  }

  int[] encode(String text) {
    long encoding = TokenizersLibrary.LIB.encode(handle, text, false);
    long[] ids = TokenizersLibrary.LIB.getTokenIds(encoding);
    TokenizersLibrary.LIB.deleteEncoding(encoding);
    int[] ints = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      ints[i] = (int) ids[i];
    }
    return ints;
  }

  String decode(int... ids) {
    long[] longs = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      longs[i] = ids[i];
    }
    return TokenizersLibrary.LIB.decode(handle, longs, true);
  }

  @Override
  public void close() {
    TokenizersLibrary.LIB.deleteTokenizer(handle);
  }
}
