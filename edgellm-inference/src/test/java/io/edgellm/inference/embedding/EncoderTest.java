package io.edgellm.inference.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.edgellm.inference.EmbedderOptions;
import io.edgellm.inference.OnnxModelLoader;
import io.edgellm.inference.OnnxOptions;
import io.edgellm.inference.embedding.TinyEncoder.Form;
import io.edgellm.inference.onnx.ElementType;
import io.edgellm.llm.Pooling;
import io.edgellm.llm.TextEmbedder;
import io.edgellm.trust.DevelopmentModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Encoders give what the same weights give in plain Java. */
class EncoderTest {
  private static final TinyEncoder ENCODER = new TinyEncoder(1);
  private static final String LIGHTS = "Turn on the lights, play music";
  private static final int[] LIGHTS_IDS = {2, 5, 6, 7, 8, 9, 14, 11, 13, 3};
  private static final double EXACT = 1e-5;
  private static final double HALF = 1e-2;

  @TempDir private Path directory;

  private TextEmbedder load() {
    return load(EmbedderOptions.builder());
  }

  private TextEmbedder load(EmbedderOptions.Builder options) {
    return new OnnxModelLoader(OnnxOptions.builder().threads(1).build())
        .loadEmbedder(DevelopmentModel.at(directory), options.build());
  }

  private static double[] mean(double[][] hidden) {
    return IntStream.range(0, TinyEncoder.HIDDEN)
        .mapToDouble(i -> IntStream.range(0, hidden.length).mapToDouble(t -> hidden[t][i]).sum())
        .map(sum -> sum / hidden.length)
        .toArray();
  }

  private static double[] max(double[][] hidden) {
    return IntStream.range(0, TinyEncoder.HIDDEN)
        .mapToDouble(
            i -> IntStream.range(0, hidden.length).mapToDouble(t -> hidden[t][i]).max().orElse(0))
        .toArray();
  }

  private static double[] unit(double[] vector) {
    double length =
        Math.sqrt(IntStream.range(0, vector.length).mapToDouble(i -> vector[i] * vector[i]).sum());
    return IntStream.range(0, vector.length).mapToDouble(i -> vector[i] / length).toArray();
  }

  private static void assertClose(float[] actual, double[] expected, double tolerance) {
    assertThat(actual).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i]).as("dimension " + i).isEqualTo(expected[i], within(tolerance));
    }
  }

  private void modules(String... types) throws IOException {
    StringBuilder json = new StringBuilder("[");
    for (String type : types) {
      json.append(json.length() > 1 ? "," : "")
          .append("{\"path\": \"" + (type.equals("Pooling") ? "1_Pooling" : "") + "\", ")
          .append("\"type\": \"sentence_transformers.models." + type + "\"}");
    }
    Files.writeString(directory.resolve("modules.json"), json.append("]"));
  }

  private void pooling(String json) throws IOException {
    Path folder = Files.createDirectories(directory.resolve("1_Pooling"));
    Files.writeString(folder.resolve("config.json"), json);
  }

  @Test
  void givesTheNormalizedMeanWhereNothingSaysOtherwise() throws Exception {
    ENCODER.write(directory, Form.USUAL);
    try (TextEmbedder embedder = load()) {
      assertClose(embedder.embed(LIGHTS), unit(mean(ENCODER.hidden(LIGHTS_IDS))), EXACT);
      assertThat(embedder.dimensions()).isEqualTo(TinyEncoder.HIDDEN);
      assertThat(embedder.maxTokens()).isEqualTo(TinyEncoder.MAX_POSITIONS);
      assertThat(embedder.countTokens(LIGHTS)).isEqualTo(LIGHTS_IDS.length);
    }
  }

  @ParameterizedTest
  @EnumSource(Pooling.class)
  void poolsAsTheHostSays(Pooling pooling) throws Exception {
    ENCODER.write(directory, Form.USUAL);
    double[][] hidden = ENCODER.hidden(LIGHTS_IDS);
    double[] expected =
        switch (pooling) {
          case MEAN -> mean(hidden);
          case CLS -> hidden[0];
          case MAX -> max(hidden);
          case LAST_TOKEN -> hidden[hidden.length - 1];
        };
    try (TextEmbedder embedder =
        load(EmbedderOptions.builder().pooling(pooling).normalized(false))) {
      assertClose(embedder.embed(LIGHTS), expected, EXACT);
    }
  }

  @Test
  void poolsAndNormalizesAsTheFilesOfSentenceTransformersSay() throws Exception {
    ENCODER.write(directory, Form.USUAL.output("token_embeddings", ElementType.FLOAT));
    pooling(
        """
        {"word_embedding_dimension": 8, "pooling_mode_cls_token": true,
         "pooling_mode_mean_tokens": false}
        """);
    modules("Transformer", "Pooling");
    try (TextEmbedder embedder = load()) {
      assertClose(embedder.embed(LIGHTS), ENCODER.hidden(LIGHTS_IDS)[0], EXACT);
    }
    modules("Transformer", "Pooling", "Normalize");
    try (TextEmbedder embedder = load()) {
      assertClose(embedder.embed(LIGHTS), unit(ENCODER.hidden(LIGHTS_IDS)[0]), EXACT);
    }
  }

  @Test
  void takesTheVectorOfTheTextWhereTheGraphGivesIt() throws Exception {
    ENCODER.write(directory, Form.USUAL.withSentence());
    modules("Transformer", "Pooling", "Dense");
    try (TextEmbedder embedder = load()) {
      assertClose(embedder.embed(LIGHTS), max(ENCODER.hidden(LIGHTS_IDS)), EXACT);
    }
  }

  @Test
  void takesTheVectorsOfTheTokensWhereTheHostPools() throws Exception {
    ENCODER.write(directory, Form.USUAL.withSentence());
    try (TextEmbedder embedder = load(EmbedderOptions.builder().pooling(Pooling.MEAN))) {
      assertClose(embedder.embed(LIGHTS), unit(mean(ENCODER.hidden(LIGHTS_IDS))), EXACT);
    }
  }

  @Test
  void readsHalfPrecision() throws Exception {
    ENCODER.write(directory, Form.USUAL.output("last_hidden_state", ElementType.FLOAT16));
    try (TextEmbedder embedder = load()) {
      assertClose(embedder.embed(LIGHTS), unit(mean(ENCODER.hidden(LIGHTS_IDS))), HALF);
    }
  }

  @Test
  void feedsIntegersOf32Bits() throws Exception {
    ENCODER.write(directory, Form.USUAL.integers(ElementType.INT32));
    try (TextEmbedder embedder = load()) {
      assertClose(embedder.embed(LIGHTS), unit(mean(ENCODER.hidden(LIGHTS_IDS))), EXACT);
    }
  }

  @ParameterizedTest
  @EnumSource(Pooling.class)
  void doesNotPoolThePaddingOfAGraphOfFixedLength(Pooling pooling) throws Exception {
    EmbedderOptions.Builder options = EmbedderOptions.builder().pooling(pooling);
    ENCODER.write(directory, Form.USUAL);
    float[] expected;
    try (TextEmbedder embedder = load(options)) {
      expected = embedder.embed("the music");
    }
    ENCODER.write(directory, Form.USUAL.fixed(11));
    try (TextEmbedder embedder = load(options)) {
      assertThat(embedder.embed("the music")).containsExactly(expected, within(1e-6f));
      assertThat(embedder.maxTokens()).isEqualTo(11);
    }
  }

  @Test
  void givesTextsOfDifferentLengthsTheVectorsTheyHaveAlone() throws Exception {
    ENCODER.write(directory, Form.USUAL);
    List<String> texts = List.of("music", LIGHTS, "", "play", LIGHTS, "the kitchen lights");
    try (TextEmbedder embedder = load()) {
      List<float[]> vectors = embedder.embed(texts);
      assertThat(vectors).hasSameSizeAs(texts);
      for (int i = texts.size() - 1; i >= 0; i--) {
        assertThat(vectors.get(i)).as(texts.get(i)).containsExactly(embedder.embed(texts.get(i)));
      }
    }
  }

  @Test
  void embedsAnEmptyTextThatTheTokenizerFrames() throws Exception {
    ENCODER.write(directory, Form.USUAL);
    try (TextEmbedder embedder = load()) {
      assertClose(embedder.embed(""), unit(mean(ENCODER.hidden(2, 3))), EXACT);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void framesTextsAsThePostProcessorSays(boolean template) throws Exception {
    ENCODER.write(directory, Form.USUAL);
    WordPieceTokenizer.write(directory, template);
    try (TextEmbedder embedder = load()) {
      assertClose(embedder.embed("playing"), unit(mean(ENCODER.hidden(2, 11, 12, 3))), EXACT);
    }
  }

  @Test
  void readsTheNameOfAControlTokenAsText() throws Exception {
    ENCODER.write(directory, Form.USUAL);
    try (TextEmbedder embedder = load()) {
      assertClose(
          embedder.embed("play [SEP]"), unit(mean(ENCODER.hidden(2, 11, 15, 19, 16, 3))), EXACT);
    }
  }

  @Test
  void keepsTheTokenForWordsThatNobodyKnows() throws Exception {
    ENCODER.write(directory, Form.USUAL);
    try (TextEmbedder embedder = load()) {
      assertClose(embedder.embed("play Ünbekannt"), unit(mean(ENCODER.hidden(2, 11, 1, 3))), EXACT);
    }
  }

  @Test
  void cutsALongTextBetweenItsFrameIfTheHostWantsIt() throws Exception {
    ENCODER.write(directory, Form.USUAL);
    try (TextEmbedder embedder = load(EmbedderOptions.builder().cutLongTexts().maxTokens(5))) {
      assertThat(embedder.maxTokens()).isEqualTo(5);
      assertClose(embedder.embed(LIGHTS), unit(mean(ENCODER.hidden(2, 5, 6, 7, 3))), EXACT);
    }
  }

  @Test
  void takesTheShortestBoundThatTheFilesName() throws Exception {
    ENCODER.write(directory, Form.USUAL);
    Files.writeString(
        directory.resolve("tokenizer_config.json"),
        "{\"model_max_length\": 1000000000000000019884624838656}");
    try (TextEmbedder embedder = load()) {
      assertThat(embedder.maxTokens()).isEqualTo(TinyEncoder.MAX_POSITIONS);
    }
    Files.writeString(directory.resolve("tokenizer_config.json"), "{\"model_max_length\": 9}");
    try (TextEmbedder embedder = load()) {
      assertThat(embedder.maxTokens()).isEqualTo(9);
    }
    Files.writeString(
        directory.resolve("sentence_bert_config.json"),
        "{\"max_seq_length\": 7, \"do_lower_case\": false}");
    try (TextEmbedder embedder = load()) {
      assertThat(embedder.maxTokens()).isEqualTo(7);
    }
  }
}
