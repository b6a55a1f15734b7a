package io.edgellm.inference.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DetokenizerTest {

  @Test
  void returnsAnEmojiWholeThoughItsBytesComeOneByOne() {
    Detokenizer detokenizer = ofSingleBytes();
    byte[] bytes = "a👋b".getBytes(StandardCharsets.UTF_8);
    StringBuilder seen = new StringBuilder();
    for (byte b : bytes) {
      seen.append('[').append(detokenizer.next(b & 0xFF)).append(']');
    }
    assertThat(seen).hasToString("[a][][][][👋][b]");
  }

  @Test
  void writesOneReplacementForEachPartOfACharacter() {
    assertThat(decode(0xE2, 0x82, 'a')).isEqualTo("\uFFFDa");
    assertThat(decode(0xF0, 0x80, 0x80, 0x80)).isEqualTo("\uFFFD\uFFFD\uFFFD\uFFFD");
    assertThat(decode(0xED, 0xA0, 0x80)).isEqualTo("\uFFFD\uFFFD\uFFFD");
    assertThat(decode(0xF4, 0x90, 'z')).isEqualTo("\uFFFD\uFFFDz");
    assertThat(decode(0xC0, 0xAF)).isEqualTo("\uFFFD\uFFFD");
  }

  @Test
  void endsAnUnfinishedCharacterWithAReplacement() {
    Detokenizer detokenizer = ofSingleBytes();
    assertThat(detokenizer.next(0xF0) + detokenizer.next(0x9F)).isEmpty();
    assertThat(detokenizer.finish()).isEqualTo("\uFFFD");
    assertThat(detokenizer.finish()).isEmpty();
  }

  @Test
  void decodesAnyBytesAsOneStringOfThem() {
    long seed = 7;
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      String text = RandomText.of(random, 12);
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      int[] ids = new int[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        ids[i] = bytes[i] & 0xFF;
      }
      assertThat(decode(ids)).as("seed %d, round %d", seed, round).isEqualTo(text);
    }
  }

  @Test
  void dropsTheSpaceThatTheEncoderPutInFront() {
    Vocabulary words = vocabulary("▁Hello", "▁world", "▁▁x");
    assertThat(decode(words, Pieces.LeadingSpace.DROP_ONE, 0, 1)).isEqualTo("Hello world");
    assertThat(decode(words, Pieces.LeadingSpace.DROP_ONE, 2)).isEqualTo(" x");
    assertThat(decode(words, Pieces.LeadingSpace.DROP_IN_FIRST_TOKEN, 2, 1)).isEqualTo("x world");
    assertThat(decode(words, Pieces.LeadingSpace.KEEP, 0)).isEqualTo(" Hello");
  }

  @Test
  void writesNothingForIdsBeyondTheVocabulary() {
    assertThat(decode('a', 99_999, 'b')).isEqualTo("ab");
  }

  @Test
  void dropsEverySpaceOfTheFirstTokenOfAMetaspace() {
    Vocabulary words = vocabulary("▁role▁", "▁x");
    assertThat(decode(words, Pieces.LeadingSpace.DROP_IN_FIRST_TOKEN, 0, 1)).isEqualTo("role x");
  }

  @Test
  void endsAnUnfinishedCharacterBeforeAVisibleControlToken() {
    Vocabulary vocabulary = withControl();
    Detokenizer stream = new Detokenizer(vocabulary, Pieces.LeadingSpace.KEEP, id -> false);
    assertThat(stream.next(0xF0) + stream.next(0x9F)).isEmpty();
    assertThat(stream.next(256)).isEqualTo("\uFFFD<｜end▁of▁text｜>");
    assertThat(stream.next(0x91) + stream.next('a')).isEqualTo("\uFFFDa");
  }

  @Test
  void joinsACharacterAcrossAHiddenControlTokenAsTheLibraryDoes() {
    Vocabulary vocabulary = withControl();
    assertThat(decode(vocabulary, Pieces.LeadingSpace.KEEP, 0xC3, 256, 0xA9)).isEqualTo("é");
  }

  @Test
  void goesOnAfterFinish() {
    Detokenizer stream = ofSingleBytes();
    assertThat(stream.next(0xC3) + stream.finish()).isEqualTo("\uFFFD");
    assertThat(stream.next(0xA9) + stream.next('b')).isEqualTo("\uFFFDb");
  }

  @Test
  void givesTheSameTextForTheStreamAndForTheWhole() {
    long seed = 9;
    Random random = new Random(seed);
    Vocabulary vocabulary = withControl();
    for (int round = 0; round < 500; round++) {
      int[] ids = random.ints(random.nextInt(20), 0, 257).toArray();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      Detokenizer stream = new Detokenizer(vocabulary, Pieces.LeadingSpace.KEEP, id -> false);
      StringBuilder text = new StringBuilder();
      for (int id : ids) {
        bytes.writeBytes(vocabulary.bytes(id));
        text.append(stream.next(id));
      }
      text.append(stream.finish());
      int[] single = bytes.toString(StandardCharsets.ISO_8859_1).chars().toArray();
      assertThat(text).as("seed %d, round %d", seed, round).hasToString(decode(single));
    }
  }

  private static Vocabulary withControl() {
    AddedToken end = new AddedToken(256, "<｜end▁of▁text｜>", true, false, false, false);
    return Vocabulary.of(
        singleBytes(), List.of(end), new SentencePieces(Pieces.LeadingSpace.KEEP, true));
  }

  private static String decode(int... bytes) {
    return ofSingleBytes().all(bytes);
  }

  private static String decode(Vocabulary vocabulary, Pieces.LeadingSpace rule, int... ids) {
    return new Detokenizer(vocabulary, rule, vocabulary::isSpecial).all(ids);
  }

  private static String[] singleBytes() {
    String[] entries = new String[256];
    for (int i = 0; i < 256; i++) {
      entries[i] = String.format("<0x%02X>", i);
    }
    return entries;
  }

  private static Detokenizer ofSingleBytes() {
    Vocabulary vocabulary = vocabulary(singleBytes());
    return new Detokenizer(vocabulary, Pieces.LeadingSpace.KEEP, vocabulary::isSpecial);
  }

  private static Vocabulary vocabulary(String... entries) {
    return Vocabulary.of(entries, List.of(), new SentencePieces(Pieces.LeadingSpace.KEEP, true));
  }
}
