package io.edgellm.inference.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.inference.embedding.WordPieceTokenizer;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordPieceTest {
  @TempDir private Path directory;

  @BeforeEach
  void writeTokenizer() throws Exception {
    WordPieceTokenizer.write(directory, true);
  }

  @Test
  void encodesLikeTheLibraryAsFarAsThatReads() throws Exception {
    try (Tokenizer tokenizer = Tokenizer.load(directory);
        LibraryTokenizer library = new LibraryTokenizer(directory)) {
      for (String text : new String[] {"Lights", "play Music", "turn ON, snöw", "", "kitchens"}) {
        assertThat(tokenizer.encode(text)).as(text).containsExactly(library.encode(text));
      }
    }
  }

  @Test
  void cutsNothingOff() {
    try (Tokenizer tokenizer = Tokenizer.load(directory)) {
      assertThat(tokenizer.encode("play ".repeat(1000))).hasSize(1000);
    }
  }

  @Test
  void tellsWhatStandsAroundATextThatStandsAlone() {
    try (Tokenizer tokenizer = Tokenizer.load(directory)) {
      assertThat(tokenizer.bareTextPrefix()).containsExactly(2);
      assertThat(tokenizer.bareTextSuffix()).containsExactly(3);
    }
  }

  @Test
  void joinsThePiecesOfAWord() {
    try (Tokenizer tokenizer = Tokenizer.load(directory)) {
      assertThat(tokenizer.decode(2, 11, 12, 7, 8, 9, 3)).isEqualTo("playing the lights");
    }
  }

  @Test
  void writesNoControlTokenForItsName() {
    try (Tokenizer tokenizer = Tokenizer.load(directory)) {
      assertThat(tokenizer.encode("[SEP] [CLS]")).containsExactly(15, 19, 16, 15, 17, 18, 16);
    }
  }
}
