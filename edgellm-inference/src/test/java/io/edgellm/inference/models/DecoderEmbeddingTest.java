package io.edgellm.inference.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.edgellm.inference.EmbedderOptions;
import io.edgellm.inference.OnnxModelLoader;
import io.edgellm.inference.OnnxOptions;
import io.edgellm.inference.onnx.ElementType;
import io.edgellm.inference.text.Tokenizer;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.Pooling;
import io.edgellm.llm.TextEmbedder;
import io.edgellm.trust.DevelopmentModel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The hidden states of decoders, of which the head makes the logits of the plain forward pass. */
class DecoderEmbeddingTest {
  private static final String TEXT = "hello world, hello";

  @TempDir private Path parent;

  private static TextEmbedder load(Path directory, EmbedderOptions.Builder options) {
    return new OnnxModelLoader(OnnxOptions.builder().threads(1).build())
        .loadEmbedder(DevelopmentModel.at(directory), options.build());
  }

  private static int[] ids(Path directory) {
    try (Tokenizer tokenizer = Tokenizer.load(directory)) {
      return tokenizer.encode(TEXT);
    }
  }

  @Test
  void givesTheHiddenStateThatTheLogitsOfTheLastTokenAreMadeOf() throws Exception {
    TinyModel model = GenaiModels.usual(parent.resolve("model"));
    HiddenStates.expose(model.graph(), ElementType.FLOAT);
    Weights.Matrix head = Weights.random(model.architecture(), 1).get(Weights.HEAD);
    float[][] logits = model.reference().logits(ids(model.directory()));
    float[] last = logits[logits.length - 1];
    try (TextEmbedder embedder =
        load(model.directory(), EmbedderOptions.builder().normalized(false))) {
      float[] vector = embedder.embed(TEXT);
      assertThat(embedder.dimensions()).isEqualTo(model.architecture().hidden());
      for (int token = 0; token < last.length; token++) {
        double product = 0;
        for (int i = 0; i < vector.length; i++) {
          product += (double) vector[i] * head.numbers()[i * head.columns() + token];
        }
        assertThat(product).as("token " + token).isEqualTo(last[token], within(1e-3));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = LayoutRow.class,
      names = {
        "GENAI",
        "GENAI_HALF",
        "GENAI_WITH_POSITIONS",
        "OPTIMUM",
        "LOGITS_TO_KEEP",
        "POSITIONS_FROM_ONE",
        "COMBINED_CACHE",
        "CONVOLUTIONS",
        "LAYERS_OF_OTHER_SIZES",
        "SHARED_LAYERS"
      })
  void embedsWithDecodersOfManyLayouts(LayoutRow row) throws Exception {
    TinyModel model = row.write(parent.resolve("model"));
    boolean half = row == LayoutRow.GENAI_HALF;
    HiddenStates.expose(model.graph(), half ? ElementType.FLOAT16 : ElementType.FLOAT);
    try (TextEmbedder embedder = load(model.directory(), EmbedderOptions.builder())) {
      List<float[]> vectors = embedder.embed(List.of(TEXT, "world", TEXT));
      assertThat(vectors.get(2)).containsExactly(vectors.get(0));
      assertThat(cosine(vectors.get(0), vectors.get(0))).isEqualTo(1, within(1e-5));
      assertThat(cosine(vectors.get(0), vectors.get(1))).isLessThan(0.999);
    }
  }

  @Test
  void poolsTheTokensOfADecoderAsTheHostSays() throws Exception {
    TinyModel model = GenaiModels.usual(parent.resolve("model"));
    HiddenStates.expose(model.graph(), ElementType.FLOAT);
    EmbedderOptions.Builder first = EmbedderOptions.builder().pooling(Pooling.CLS);
    try (TextEmbedder embedder = load(model.directory(), first)) {
      assertThat(embedder.embed("hello world"))
          .containsExactly(embedder.embed(TEXT), within(1e-5f));
    }
  }

  @Test
  void saysWhichOutputsADecoderHasInPlaceOfHiddenStates() throws Exception {
    TinyModel model = GenaiModels.usual(parent.resolve("model"));
    assertThatThrownBy(() -> load(model.directory(), EmbedderOptions.builder()))
        .isInstanceOfSatisfying(
            InferenceException.class,
            e -> assertThat(e.reason()).isEqualTo(InferenceException.Reason.MODEL_UNSUPPORTED))
        .hasMessageContaining("no hidden states")
        .hasMessageContaining("logits");
  }

  @Test
  void hasNoVectorForNothing() throws Exception {
    TinyModel model = GenaiModels.usual(parent.resolve("model"));
    HiddenStates.expose(model.graph(), ElementType.FLOAT);
    try (TextEmbedder embedder = load(model.directory(), EmbedderOptions.builder())) {
      assertThatThrownBy(() -> embedder.embed("")).isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static double cosine(float[] a, float[] b) {
    double product = 0;
    for (int i = 0; i < a.length; i++) {
      product += (double) a[i] * b[i];
    }
    return product;
  }
}
