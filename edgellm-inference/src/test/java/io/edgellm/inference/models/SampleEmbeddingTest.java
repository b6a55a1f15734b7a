package io.edgellm.inference.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OrtEnvironment;
import io.edgellm.inference.EmbedderOptions;
import io.edgellm.inference.OnnxModelLoader;
import io.edgellm.inference.OnnxOptions;
import io.edgellm.inference.graph.DecoderGraph;
import io.edgellm.inference.graph.RunInterrupt;
import io.edgellm.inference.graph.RuntimeGuard;
import io.edgellm.inference.graph.SessionSettings;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.inference.onnx.ElementType;
import io.edgellm.inference.text.Tokenizer;
import io.edgellm.llm.TextEmbedder;
import io.edgellm.trust.DevelopmentModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample model, whose head makes its logits of the hidden states. */
class SampleEmbeddingTest {
  private static final String TEXT = "dim the bedroom lights to 30 percent";
  private static final String HEAD = "lm_head.MatMul.weight";
  private static final OrtEnvironment RUNTIME = RuntimeGuard.ofThisProcess(false).start();

  @TempDir private Path directory;

  @BeforeEach
  void copyTheSample() throws IOException {
    Path sample = Path.of(System.getProperty("edgellm.sample.dir")).resolve("genai");
    try (Stream<Path> files = Files.list(sample)) {
      for (Path file : files.toList()) {
        Files.copy(file, directory.resolve(file.getFileName()));
      }
    }
  }

  @Test
  void givesTheHiddenStateThatTheHeadMakesTheLogitsOf() throws Exception {
    float[] logits = logitsOfTheLastToken();
    ModelProto model = ModelProto.parseFrom(Files.readAllBytes(directory.resolve("model.onnx")));
    float[] head = head(model);
    HiddenStates.expose(directory.resolve("model.onnx"), ElementType.FLOAT);
    EmbedderOptions options = EmbedderOptions.builder().normalized(false).build();
    try (TextEmbedder embedder =
        new OnnxModelLoader(OnnxOptions.builder().threads(1).build())
            .loadEmbedder(DevelopmentModel.at(directory), options)) {
      float[] vector = embedder.embed(TEXT);
      int vocabulary = head.length / vector.length;
      assertThat(vector.length * vocabulary).isEqualTo(head.length);
      for (int token = 0; token < vocabulary; token++) {
        int column = token;
        double product =
            IntStream.range(0, vector.length)
                .mapToDouble(i -> (double) vector[i] * head[i * vocabulary + column])
                .sum();
        assertThat(product).as("token " + token).isEqualTo(logits[token], within(2e-3));
      }
    }
  }

  private float[] logitsOfTheLastToken() throws Exception {
    int[] ids;
    try (Tokenizer tokenizer = Tokenizer.load(directory)) {
      ids =
          IntStream.concat(
                  Arrays.stream(tokenizer.bareTextPrefix()), Arrays.stream(tokenizer.encode(TEXT)))
              .toArray();
      assertThat(tokenizer.bareTextSuffix()).isEmpty();
    }
    ModelDirectory files = ModelDirectory.open(directory);
    SessionSettings settings = SessionSettings.single(1, false, 64, 256);
    try (RunInterrupt none = new RunInterrupt();
        DecoderGraph graph = DecoderGraph.open(RUNTIME, files, ModelLayout.read(files), settings)) {
      FloatBuffer row = graph.read(0, ids, 0, ids.length, 1, none);
      float[] logits = new float[graph.vocabularySize()];
      row.get(logits);
      return logits;
    }
  }

  private float[] head(ModelProto model) throws IOException {
    TensorProto tensor =
        model.getGraph().getInitializerList().stream()
            .filter(each -> each.getName().equals(HEAD))
            .findFirst()
            .orElseThrow();
    Map<String, String> place =
        tensor.getExternalDataList().stream()
            .collect(
                Collectors.toMap(StringStringEntryProto::getKey, StringStringEntryProto::getValue));
    byte[] all = Files.readAllBytes(directory.resolve(place.get("location")));
    int offset = Integer.parseInt(place.getOrDefault("offset", "0"));
    int length = Integer.parseInt(place.get("length"));
    float[] head = new float[length / Float.BYTES];
    ByteBuffer.wrap(all, offset, length).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(head);
    return head;
  }
}
