package io.edgellm.inference.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ten thousand texts per family give what Hugging Face's library gives for the unchanged file. */
class LikeTheLibraryTest {
  private static final int TEXTS = 10_000;
  private static final long SEED = 20260722;

  @TempDir private Path directory;

  @ParameterizedTest
  @MethodSource("io.edgellm.inference.text.TokenizerFamily#all")
  void encodesAndDecodesLikeTheLibrary(TokenizerFamily family) throws IOException {
    family.write(directory);
    FuzzedText texts = new FuzzedText(new Random(SEED), family.addedContents());
    try (Tokenizer tokenizer = Tokenizer.load(directory);
        LibraryTokenizer library = new LibraryTokenizer(directory)) {
      for (int round = 0; round < TEXTS; round++) {
        String text = texts.next(6);
        int[] expected = library.encode(text);
        int[] ids = tokenizer.encode(List.of(TextSpan.control(text)));
        String decoded = tokenizer.decode(expected);
        if (!Arrays.equals(ids, expected) || !decoded.equals(library.decode(expected))) {
          String where = "seed " + SEED + ", text " + round + " '" + text + "'";
          assertThat(ids).as(where).isEqualTo(expected);
          assertThat(decoded).as(where).isEqualTo(library.decode(expected));
        }
      }
    }
  }
}
