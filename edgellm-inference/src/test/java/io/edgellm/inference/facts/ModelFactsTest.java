package io.edgellm.inference.facts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.inference.OnnxModelLoader;
import io.edgellm.inference.quantize.BlockFormat;
import io.edgellm.inference.quantize.ModelQuantizer;
import io.edgellm.inference.quantize.QuantizationRecipe;
import io.edgellm.llm.InferenceException;
import io.edgellm.model.Compatibility;
import io.edgellm.model.DeviceProfile;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Requirements;
import io.edgellm.model.Sha256;
import io.edgellm.release.ReleaseBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFactsTest {
  private static final Path SAMPLE = Path.of(System.getProperty("edgellm.sample.dir"));
  private static final Path GENAI = SAMPLE.resolve("genai");

  /** What its card says, and the output layer, which repeats the embedding. */
  private static final long PARAMETERS = 1_115_520 + 1024 * 128;

  @TempDir Path temporary;

  private static Requirements byHand(int context) {
    return new Requirements(List.of("aarch64"), List.of(), "onnxruntime", "1.20", 1 << 20, context);
  }

  private static ReleaseManifest manifest(Path directory, Requirements requirements) {
    return ReleaseBuilder.of(
            directory,
            new ModelId("assistant"),
            ModelVersion.parse("1.0.0"),
            ReleaseManifest.Format.ONNX_GENAI,
            requirements)
        .build();
  }

  private Path copyOfTheModel() throws IOException {
    Path directory = Files.createTempDirectory(temporary, "model");
    try (Stream<Path> files = Files.list(GENAI)) {
      for (Path file : files.toList()) {
        Files.copy(file, directory.resolve(file.getFileName()));
      }
    }
    return directory;
  }

  @Test
  void readsWhatTheModelSaysOfItself() throws IOException {
    ModelFacts facts = ModelFacts.read(GENAI);
    assertThat(facts.opsets()).isEqualTo(Map.of("ai.onnx", 21, "com.microsoft", 1));
    assertThat(facts.customOps()).isEmpty();
    assertThat(facts.contextLength()).isEqualTo(512);
    assertThat(facts.parameterCount()).isEqualTo(PARAMETERS);
    assertThat(facts.architecture()).isEqualTo("llama");
    assertThat(facts.precision()).isEqualTo("float32");
    // 5 layers, keys and values, 2 heads of 32 numbers of 4 bytes.
    assertThat(facts.memory().kvBytesPerToken()).isEqualTo(5 * 2 * 2 * 32 * 4);
    assertThat(facts.memory().weightsBytes())
        .isEqualTo(
            Files.size(GENAI.resolve("model.onnx")) + Files.size(GENAI.resolve("model.onnx.data")));
    assertThat(facts.memory().peakBytes()).isGreaterThan(facts.memory().weightsBytes());
    assertThat(facts.tokenizerDigest()).isEqualTo(Sha256.of(GENAI.resolve("tokenizer.json")));
    assertThat(facts.chatTemplateDigest())
        .isEqualTo(Sha256.of(GENAI.resolve("chat_template.jinja")));
  }

  @Test
  void readsTheLayoutOfOptimumAsWell() {
    ModelFacts facts = ModelFacts.read(SAMPLE.resolve("optimum"));
    assertThat(facts.contextLength()).isEqualTo(512);
    assertThat(facts.architecture()).isEqualTo("llama");
    assertThat(facts.memory().kvBytesPerToken()).isEqualTo(5 * 2 * 2 * 32 * 4);
    assertThat(facts.tokenizerDigest()).isNotNull();
  }

  @Test
  void completesWhatAPublisherDemands() {
    ModelFacts facts = ModelFacts.read(GENAI);
    Requirements complete = facts.complete(byHand(1024));
    assertThat(complete.architectures()).containsExactly("aarch64");
    assertThat(complete.contextLength()).isEqualTo(512);
    assertThat(complete.minRamBytes()).isEqualTo(facts.memory().totalBytes(512));
    assertThat(facts.complete(byHand(128)).contextLength()).isEqualTo(128);
    assertThat(facts.contradictions(manifest(GENAI, complete))).isEmpty();
    assertThat(facts.contradictions(manifest(GENAI, byHand(512)))).isEmpty();
    assertThat(facts.traits().paramSize()).contains("1.2M");
  }

  @Test
  void namesEveryContradiction() throws IOException {
    ModelFacts facts = ModelFacts.read(GENAI);
    Path other = copyOfTheModel();
    Files.writeString(other.resolve("tokenizer.json"), "{}");
    Files.writeString(
        other.resolve("genai_config.json"),
        Files.readString(GENAI.resolve("genai_config.json"))
            .replace("\"context_length\": 512", "\"context_length\": 256"));
    ReleaseManifest release = manifest(GENAI, facts.complete(byHand(512)));
    assertThat(ModelFacts.read(other).contradictions(release))
        .containsExactly(
            "The manifest promises 512 tokens of context, the model has 256.",
            "The tokenizer is not the one of the manifest.");
  }

  @Test
  void tellsALayoutThatIsNotTheOneOfTheManifest() {
    Path optimum = SAMPLE.resolve("optimum");
    ModelFacts facts = ModelFacts.read(optimum);
    assertThat(facts.format()).isEqualTo(ReleaseManifest.Format.ONNX_OPTIMUM);
    assertThat(ModelFacts.format(GENAI)).contains(ReleaseManifest.Format.ONNX_GENAI);
    assertThat(ModelFacts.format(temporary)).isEmpty();
    assertThat(facts.contradictions(manifest(optimum, byHand(512))))
        .containsExactly("The files are laid out as onnx-optimum, the manifest says onnx-genai.");
  }

  @Test
  void tellsAQuantizationThatIsNotTheOneOfTheGraph() {
    Path quantized = temporary.resolve("quantized");
    new ModelQuantizer(QuantizationRecipe.of(new BlockFormat(4, 32, true)))
        .quantize(GENAI, quantized);
    ModelFacts facts = ModelFacts.read(quantized);
    assertThat(facts.weightBlocks()).containsExactly(new WeightBlocks(4, 32));
    assertThat(facts.contradictions(quantized(quantized, 4, 32))).isEmpty();
    assertThat(facts.contradictions(quantized(quantized, 8, 0))).hasSize(1);
    assertThat(facts.contradictions(quantized(quantized, 4, 128)))
        .containsExactly(
            "The weights have 4 bits in blocks of 32, the quantization of the manifest says"
                + " 4 bits in blocks of 128.");
    // Nothing in an fp32 graph tells how it was made.
    assertThat(ModelFacts.read(GENAI).contradictions(quantized(GENAI, 4, 128))).isEmpty();
  }

  private static ReleaseManifest quantized(Path directory, int bits, int blockSize) {
    return ReleaseBuilder.of(
            directory,
            new ModelId("assistant"),
            ModelVersion.parse("1.0.0"),
            ReleaseManifest.Format.ONNX_GENAI,
            byHand(512))
        .quantization(
            new ReleaseManifest.Quantization(
                "matmul-nbits-rtn",
                bits,
                blockSize,
                true,
                List.of(),
                "tool",
                "1",
                new Sha256("ab".repeat(32))))
        .build();
  }

  @Test
  void theRuntimeThatIsLoadedFitsTheModel() {
    DeviceProfile device = new OnnxModelLoader().deviceProfile(64L << 20);
    assertThat(device.executionProviders()).contains("CPUExecutionProvider");
    assertThat(device.opsets().get("ai.onnx")).isBetween(21, 40);
    Requirements needs =
        ModelFacts.read(GENAI).complete(byHand(512)).toBuilder().architectures(List.of()).build();
    assertThat(Compatibility.explain(needs, device).reasons()).isEmpty();
    Requirements newer =
        needs.toBuilder()
            .opsets(Map.of("ai.onnx", device.opsets().getOrDefault("ai.onnx", 0) + 1))
            .build();
    assertThat(Compatibility.explain(newer, device).reasons()).hasSize(1);
  }

  @Test
  void refusesAGraphThatIsCutOff() throws IOException {
    Path other = copyOfTheModel();
    byte[] graph = Files.readAllBytes(other.resolve("model.onnx"));
    Files.write(other.resolve("model.onnx"), Arrays.copyOf(graph, graph.length / 2));
    assertThatThrownBy(() -> ModelFacts.read(other))
        .isInstanceOfSatisfying(
            InferenceException.class,
            e -> assertThat(e.reason()).isEqualTo(InferenceException.Reason.MODEL_INVALID));
  }
}
