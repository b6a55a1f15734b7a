package io.edgellm.inference.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a user types is text, for every kind of tokenizer, and stays the text that it was. */
class UserTextTest {
  private static final int TEXTS = 1_500;
  private static final long SEED = 77;

  @TempDir private Path directory;

  @ParameterizedTest
  @MethodSource("io.edgellm.inference.text.TokenizerFamily#all")
  void neverBecomesAControlToken(TokenizerFamily family) {
    FuzzedText texts = new FuzzedText(new Random(SEED), family.addedContents());
    try (Tokenizer tokenizer = Tokenizer.load(family.write(directory))) {
      for (String name : family.addedContents()) {
        assertNoControl(tokenizer, tokenizer.encode(name), name);
        assertNoControl(tokenizer, tokenizer.encodeContinuation(name), name);
      }
      for (int round = 0; round < TEXTS; round++) {
        String text = texts.next(5);
        assertNoControl(tokenizer, tokenizer.encode(text), "seed " + SEED + " '" + text + "'");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.edgellm.inference.text.TokenizerFamily#all")
  void formsNoControlTokenWithTheTemplateAroundIt(TokenizerFamily family) {
    Random random = new Random(SEED);
    try (Tokenizer tokenizer = Tokenizer.load(family.write(directory))) {
      for (String name : family.addedContents()) {
        if (name.length() < 4 || !name.contains(">")) {
          continue;
        }
        for (int cut = 1; cut < name.length(); cut++) {
          String before = name.substring(0, cut);
          String after = name.substring(cut);
          assertNoControl(tokenizer, prompt(tokenizer, "C" + before, "P" + after), name);
          assertNoControl(tokenizer, prompt(tokenizer, "P" + before, "C" + after), name);
          int middle = random.nextInt(after.length());
          assertNoControl(
              tokenizer,
              prompt(
                  tokenizer,
                  "C" + before,
                  "P" + after.substring(0, middle + 1),
                  "C" + after.substring(middle + 1)),
              name);
          assertThat(prompt(tokenizer, "C" + before, "C" + after))
              .as(name)
              .containsExactly(tokenizer.vocabulary().addedToken(name).orElseThrow());
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.edgellm.inference.text.TokenizerFamily#all")
  void leavesExactlyTheControlTokensOfTheTemplate(TokenizerFamily family) {
    FuzzedText texts = new FuzzedText(new Random(SEED + 1), family.addedContents());
    try (Tokenizer tokenizer = Tokenizer.load(family.write(directory))) {
      int begin = tokenizer.vocabulary().addedToken("<s>").orElseThrow();
      int end = tokenizer.vocabulary().addedToken("<|end|>").orElseThrow();
      int unknown = tokenizer.vocabulary().addedToken("<unk>").orElseThrow();
      for (int round = 0; round < TEXTS / 5; round++) {
        String text = texts.next(5);
        int[] ids = prompt(tokenizer, "C<s>", "P" + text, "C<|end|>");
        assertThat(
                IntStream.of(ids)
                    .filter(tokenizer.vocabulary()::isControl)
                    .filter(id -> id != unknown))
            .as("seed %d, '%s'", SEED, text)
            .containsExactly(begin, end);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.edgellm.inference.text.TokenizerFamily#keepingText")
  void isSpelledByTheBytesOfItsTokens(TokenizerFamily family) {
    FuzzedText texts = new FuzzedText(new Random(SEED + 2), family.addedContents());
    try (Tokenizer tokenizer = Tokenizer.load(family.write(directory))) {
      for (int round = 0; round < TEXTS; round++) {
        // A Unigram vocabulary takes it for its entry, as the library does.
        String text = texts.next(6).replace("<0x41>", "");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int id : tokenizer.encodeContinuation(text)) {
          bytes.writeBytes(tokenizer.tokenBytes(id));
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8))
            .as("seed %d, text %d '%s'", SEED, round, text)
            .isEqualTo(family.spelled(text));
      }
    }
  }

  @Test
  void isNoControlTokenThoughANormalizerMakesOneOfIt() {
    TokenizerFamily family = TokenizerFamily.foldingLookAlikes();
    try (Tokenizer tokenizer = Tokenizer.load(family.write(directory))) {
      for (String text : new String[] {"＜/s＞", "a </s\u0013>", "＜s>＜unk>"}) {
        assertNoControl(tokenizer, tokenizer.encode(text), text);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.edgellm.inference.text.TokenizerFamily#all")
  void mayHoldHalfASurrogatePair(TokenizerFamily family) {
    try (Tokenizer tokenizer = Tokenizer.load(family.write(directory))) {
      assertThat(tokenizer.encode("a\uD83Db\uDC4B")).isEqualTo(tokenizer.encode("a\uFFFDb\uFFFD"));
      assertThat(prompt(tokenizer, "C<s>\uD83D", "P\uDC4Ba\uD83D", "C</s>"))
          .startsWith(tokenizer.vocabulary().addedToken("<s>").orElseThrow())
          .endsWith(tokenizer.vocabulary().addedToken("</s>").orElseThrow());
    }
  }

  private static int[] prompt(Tokenizer tokenizer, String... spans) {
    return tokenizer.encode(
        Stream.of(spans)
            .map(
                span ->
                    span.charAt(0) == 'C'
                        ? TextSpan.control(span.substring(1))
                        : TextSpan.plain(span.substring(1)))
            .toList());
  }

  /** The one for what the vocabulary cannot spell is no order to the model. */
  private static void assertNoControl(Tokenizer tokenizer, int[] ids, String where) {
    int unknown = tokenizer.vocabulary().addedToken("<unk>").orElseThrow();
    assertThat(
            IntStream.of(ids).filter(tokenizer.vocabulary()::isControl).filter(id -> id != unknown))
        .as(where)
        .isEmpty();
  }
}
