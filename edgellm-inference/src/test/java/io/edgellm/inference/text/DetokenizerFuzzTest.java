package io.edgellm.inference.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class DetokenizerFuzzTest {
  private static final Vocabulary SINGLE_BYTES = singleBytes();

  static Stream<byte[]> seeds() {
    return Stream.of(
        "a👋b é 漢字".getBytes(StandardCharsets.UTF_8),
        new byte[] {(byte) 0xE2, (byte) 0x82, 'a', (byte) 0xF0, (byte) 0x9F},
        new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80, (byte) 0xC0, (byte) 0xAF});
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "1m")
  void returnsWholeCharactersAndLosesNoneOfThem(byte @NotNull [] bytes) {
    Detokenizer detokenizer =
        new Detokenizer(SINGLE_BYTES, Pieces.LeadingSpace.KEEP, SINGLE_BYTES::isSpecial);
    StringBuilder text = new StringBuilder();
    for (byte value : bytes) {
      String part = detokenizer.next(value & 0xFF);
      assertThat(part.codePoints()).noneMatch(c -> c >= 0xD800 && c <= 0xDFFF);
      text.append(part);
    }
    text.append(detokenizer.finish());
    String expected = new String(bytes, StandardCharsets.UTF_8);
    // Java counts the parts of a wrong character in another way, but never the right characters.
    assertThat(text.toString().replace("\uFFFD", "")).isEqualTo(expected.replace("\uFFFD", ""));
  }

  private static Vocabulary singleBytes() {
    String[] entries = new String[256];
    for (int i = 0; i < 256; i++) {
      entries[i] = String.format("<0x%02X>", i);
    }
    return Vocabulary.of(entries, List.of(), new SentencePieces(Pieces.LeadingSpace.KEEP, true));
  }
}
