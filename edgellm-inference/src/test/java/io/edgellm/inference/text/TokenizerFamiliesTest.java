package io.edgellm.inference.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.llm.InferenceException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokenizers of other families, each against the library with the unchanged file. */
class TokenizerFamiliesTest {
  private static final Path SAMPLE =
      Path.of(System.getProperty("edgellm.sample.dir")).resolve("genai");
  private static final List<String> TEXTS =
      List.of(
          "hello world",
          " hello",
          "hello",
          "  hello  world ",
          "héllo 👋",
          "x</s>y",
          "<s>hello world</s>hello",
          "hello<|end|>  world<|end|>",
          "<tool_call>hello</tool_call>",
          "<s> hello<s>world");

  private final Path directory;

  TokenizerFamiliesTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void encodesControlTextLikeTheLibraryForLlamaBpe() throws IOException {
    new SmallTokenizer()
        .bpe()
        .section("normalizer", SmallTokenizer.LLAMA_NORMALIZER)
        .section("decoder", SmallTokenizer.LLAMA_DECODER)
        .write(directory);
    assertSameAsTheLibrary();
  }

  @Test
  void encodesControlTextLikeTheLibraryForMetaspaceThatPrependsOnlyAtTheStart() throws IOException {
    new SmallTokenizer()
        .bpe()
        .section("pre_tokenizer", SmallTokenizer.METASPACE_FIRST)
        .section("decoder", SmallTokenizer.LLAMA_DECODER)
        .write(directory);
    assertSameAsTheLibrary();
  }

  @Test
  void encodesControlTextLikeTheLibraryForUnigram() throws IOException {
    new SmallTokenizer()
        .unigram()
        .section("pre_tokenizer", SmallTokenizer.METASPACE_FIRST)
        .section("decoder", SmallTokenizer.LLAMA_DECODER)
        .write(directory);
    assertSameAsTheLibrary();
  }

  @Test
  void spellsAControlTokenThatAUnigramVocabularyHoldsAsAnEntry() throws IOException {
    new SmallTokenizer()
        .unigram()
        .section("pre_tokenizer", SmallTokenizer.METASPACE_FIRST)
        .section("decoder", SmallTokenizer.LLAMA_DECODER)
        .write(directory);
    try (Tokenizer tokenizer = Tokenizer.load(directory)) {
      int[] ids = tokenizer.encode("hello</s><s>");
      assertThat(ids).doesNotContain(1, 2);
      assertThat(tokenizer.decode(ids)).isEqualTo("hello</s><s>");
    }
  }

  @Test
  void decodesRandomIdsOfTheByteLevelSampleLikeTheLibrary() throws IOException {
    long seed = 42;
    Random random = new Random(seed);
    try (Tokenizer tokenizer = Tokenizer.load(SAMPLE);
        LibraryTokenizer library = new LibraryTokenizer(SAMPLE)) {
      for (int round = 0; round < 500; round++) {
        int[] ids = random.ints(random.nextInt(20), 0, tokenizer.vocabulary().size()).toArray();
        assertThat(tokenizer.decode(ids))
            .as("seed %d, round %d", seed, round)
            .isEqualTo(library.decode(ids));
      }
    }
  }

  @Test
  void encodesRandomTextOfTheByteLevelSampleLikeTheLibrary() throws IOException {
    long seed = 43;
    Random random = new Random(seed);
    try (Tokenizer tokenizer = Tokenizer.load(SAMPLE);
        LibraryTokenizer library = new LibraryTokenizer(SAMPLE)) {
      for (int round = 0; round < 300; round++) {
        String text = RandomText.of(random, 30);
        assertThat(tokenizer.encode(List.of(TextSpan.control(text))))
            .as("seed %d, round %d", seed, round)
            .isEqualTo(library.encode(text));
      }
    }
  }

  @Test
  void swallowsWhiteSpaceWhereTheTokenAsksForIt() throws IOException {
    new SmallTokenizer()
        .bpe()
        .section("normalizer", SmallTokenizer.LLAMA_NORMALIZER)
        .section("decoder", SmallTokenizer.LLAMA_DECODER)
        .write(directory);
    try (Tokenizer tokenizer = Tokenizer.load(directory)) {
      List<TextSpan> spans = List.of(TextSpan.control("<|end|>"), TextSpan.plain(" \n hello"));
      assertThat(tokenizer.encode(spans))
          .isEqualTo(tokenizer.encode(List.of(TextSpan.control("<|end|>hello"))));
    }
  }

  @Test
  void putsNoSpaceInFrontOfAContinuation() throws IOException {
    new SmallTokenizer()
        .bpe()
        .section("normalizer", SmallTokenizer.LLAMA_NORMALIZER)
        .section("decoder", SmallTokenizer.LLAMA_DECODER)
        .write(directory);
    try (Tokenizer tokenizer = Tokenizer.load(directory)) {
      assertThat(bytes(tokenizer, tokenizer.encodeContinuation("hello"))).isEqualTo("hello");
      assertThat(bytes(tokenizer, tokenizer.encodeContinuation(" world"))).isEqualTo(" world");
      assertThat(bytes(tokenizer, tokenizer.encode("hello"))).isEqualTo(" hello");
    }
  }

  @Test
  void spellsAControlTokenWithoutSpacesInIt() throws IOException {
    new SmallTokenizer()
        .unigram()
        .section("normalizer", SmallTokenizer.LLAMA_NORMALIZER)
        .section("decoder", SmallTokenizer.LLAMA_DECODER)
        .write(directory);
    try (Tokenizer tokenizer = Tokenizer.load(directory)) {
      assertThat(tokenizer.decode(tokenizer.encode("hello</s><s>"))).isEqualTo("hello</s><s>");
    }
  }

  private static String bytes(Tokenizer tokenizer, int... ids) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    IntStream.of(ids).forEach(id -> bytes.writeBytes(tokenizer.tokenBytes(id)));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void saysWhatBelongsInFrontOfABareText() throws IOException {
    new SmallTokenizer()
        .bpe()
        .section("decoder", SmallTokenizer.LLAMA_DECODER)
        .section(
            "post_processor",
            """
            {"type": "Sequence", "processors": [{"type": "TemplateProcessing",
              "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
                         {"Sequence": {"id": "A", "type_id": 0}}],
              "pair": [{"Sequence": {"id": "A", "type_id": 0}},
                       {"Sequence": {"id": "B", "type_id": 1}}],
              "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}}]}
            """)
        .write(directory);
    try (Tokenizer tokenizer = Tokenizer.load(directory)) {
      assertThat(tokenizer.bareTextPrefix()).containsExactly(1);
      assertThat(tokenizer.encode("hello")).doesNotContain(1);
    }
  }

  @Test
  void refusesToEncodeAfterClose() {
    Tokenizer tokenizer = Tokenizer.load(SAMPLE);
    tokenizer.close();
    tokenizer.close();
    assertThatThrownBy(() -> tokenizer.encode("x"))
        .isInstanceOfSatisfying(
            InferenceException.class,
            e -> assertThat(e.reason()).isEqualTo(InferenceException.Reason.CLOSED));
  }

  @Test
  void refusesADirectoryWithoutATokenizer() {
    assertRefused(InferenceException.Reason.MODEL_INVALID, "missing");
  }

  @Test
  void refusesAFileThatIsNotJson() throws IOException {
    Files.writeString(directory.resolve("tokenizer.json"), "{\"model\": ");
    assertRefused(InferenceException.Reason.MODEL_INVALID, "not a tokenizer");
  }

  @Test
  void refusesAFileThatIsCutOff() throws IOException {
    byte[] whole = Files.readAllBytes(SAMPLE.resolve("tokenizer.json"));
    Files.write(
        directory.resolve("tokenizer.json"),
        new String(whole, StandardCharsets.UTF_8)
            .substring(0, whole.length / 2)
            .getBytes(StandardCharsets.UTF_8));
    assertRefused(InferenceException.Reason.MODEL_INVALID, "not a tokenizer");
  }

  @Test
  void refusesAVocabularyWithANegativeId() throws IOException {
    Files.writeString(
        directory.resolve("tokenizer.json"),
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": -1}, \"merges\": []}}");
    assertRefused(InferenceException.Reason.MODEL_INVALID, "-1");
  }

  @Test
  void refusesWordLevel() throws IOException {
    new SmallTokenizer().kind("WordLevel").write(directory);
    assertRefused(InferenceException.Reason.MODEL_UNSUPPORTED, "WordLevel");
  }

  @Test
  void refusesADecoderWhoseTokensHaveNoBytes() throws IOException {
    new SmallTokenizer().bpe().section("decoder", "{\"type\": \"CTC\"}").write(directory);
    assertRefused(InferenceException.Reason.MODEL_UNSUPPORTED, "CTC");
  }

  private void assertSameAsTheLibrary() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.load(directory);
        LibraryTokenizer library = new LibraryTokenizer(directory)) {
      for (String text : TEXTS) {
        int[] ids = tokenizer.encode(List.of(TextSpan.control(text)));
        assertThat(ids).as("ids of '%s'", text).isEqualTo(library.encode(text));
        assertThat(tokenizer.decode(ids)).as("text of '%s'", text).isEqualTo(library.decode(ids));
        assertThat(IntStream.of(tokenizer.encode(text)).filter(tokenizer.vocabulary()::isControl))
            .as("control tokens in the user text '%s'", text)
            .isEmpty();
      }
    }
  }

  private void assertRefused(InferenceException.Reason reason, String part) {
    assertThatThrownBy(() -> Tokenizer.load(directory).close())
        .isInstanceOfSatisfying(
            InferenceException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(part);
  }
}
