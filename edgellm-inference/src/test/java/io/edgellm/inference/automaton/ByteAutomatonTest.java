package io.edgellm.inference.automaton;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ByteAutomatonTest {
  private static final long SEED = 20_260_302;
  private static final ObjectMapper JSON =
      JsonMapper.builder().disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE).build();

  @Test
  void readsEveryCharacterInUtf8() {
    ByteAutomaton automaton = Language.characters(1, 1).utf8();
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
        assertThat(automaton.accepts(Character.toString(c).getBytes(UTF_8))).as("%x", c).isTrue();
      }
    }
  }

  @Test
  void hasTheEightStatesOfUtf8() {
    assertThat(Language.anything().utf8().states()).isEqualTo(8);
  }

  @Test
  void refusesOverlongFormsAndSurrogates() {
    ByteAutomaton automaton = Language.anything().utf8();
    assertThat(automaton.accepts(new byte[] {(byte) 0xC0, (byte) 0x80})).isFalse();
    assertThat(automaton.accepts(new byte[] {(byte) 0xC1, (byte) 0xBF})).isFalse();
    assertThat(automaton.accepts(new byte[] {(byte) 0xE0, (byte) 0x9F, (byte) 0xBF})).isFalse();
    assertThat(automaton.accepts(new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80})).isFalse();
    assertThat(automaton.accepts(new byte[] {(byte) 0xF0, (byte) 0x8F, (byte) 0xBF, (byte) 0xBF}))
        .isFalse();
    assertThat(automaton.accepts(new byte[] {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80}))
        .isFalse();
    assertThat(automaton.accepts(new byte[] {(byte) 0xF5})).isFalse();
    assertThat(automaton.accepts(new byte[] {(byte) 0x80})).isFalse();
  }

  @Test
  void readsATextAsItsLanguageDoes() {
    Random random = new Random(SEED);
    for (int i = 0; i < 150; i++) {
      Language language = RandomLanguage.of(random);
      ByteAutomaton automaton = language.utf8();
      for (int j = 0; j < 30; j++) {
        String text = RandomLanguage.text(random, 5);
        assertThat(automaton.accepts(text.getBytes(UTF_8)))
            .as("seed %d, %s", SEED, text)
            .isEqualTo(language.contains(text));
      }
    }
  }

  @Test
  void readsATextInJsonAsJacksonWritesIt() throws JsonProcessingException {
    Random random = new Random(SEED);
    for (int i = 0; i < 150; i++) {
      Language language = RandomLanguage.of(random);
      ByteAutomaton automaton = language.jsonStringBody();
      for (int j = 0; j < 30; j++) {
        String text = RandomLanguage.text(random, 5);
        assertThat(automaton.accepts(body(text)))
            .as("seed %d, %s", SEED, text)
            .isEqualTo(language.contains(text));
      }
    }
  }

  @Test
  void readsEveryCharacterInJson() throws JsonProcessingException {
    ByteAutomaton automaton = Language.characters(1, 1).jsonStringBody();
    for (int c = 0; c <= 0x3000; c++) {
      if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
        assertThat(automaton.accepts(body(Character.toString(c)))).as("%x", c).isTrue();
      }
    }
  }

  private static byte[] body(String text) throws JsonProcessingException {
    byte[] quoted = JSON.writeValueAsString(text).getBytes(UTF_8);
    return Arrays.copyOfRange(quoted, 1, quoted.length - 1);
  }

  @Test
  void whateverItAcceptsInJsonParsesBackIntoTheLanguage() throws JsonProcessingException {
    Random random = new Random(SEED);
    for (int i = 0; i < 150; i++) {
      Language language = RandomLanguage.of(random);
      ByteAutomaton automaton = language.jsonStringBody();
      if (automaton.isEmpty()) {
        continue;
      }
      for (int j = 0; j < 10; j++) {
        String body = new String(RandomWord.of(automaton, random, 20), UTF_8);
        String text = JSON.readValue("\"" + body + "\"", String.class);
        assertThat(language.contains(text)).as("seed %d, %s", SEED, body).isTrue();
      }
    }
  }

  @Test
  void everyStateIsReachedAndReachesAcceptance() {
    Random random = new Random(SEED);
    for (int i = 0; i < 100; i++) {
      Language language = RandomLanguage.of(random);
      for (ByteAutomaton automaton : List.of(language.utf8(), language.jsonStringBody())) {
        if (!automaton.isEmpty()) {
          int[] distances = RandomWord.distances(automaton);
          assertThat(distances).as("seed %d", SEED).doesNotContain(-1);
        }
      }
    }
  }

  @Test
  void sharesTheTablesOfARepeatedClass() {
    Language letters = Language.of(new Syntax.Characters(CodePoints.matching(Character::isLetter)));
    ByteAutomaton one = letters.utf8();
    ByteAutomaton many = letters.repeat(0, 200).utf8();
    assertThat(many.states()).isGreaterThan(150 * one.states());
    assertThat(many.sizeBytes()).isLessThan(64L * many.states());
  }

  @Test
  void theAutomatonOfALongTextIsLinear() {
    assertThat(Language.characters(0, 20_000).jsonStringBody().states()).isLessThan(20 * 20_000);
  }
}
