package io.edgellm.inference.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.inference.EmbedderOptions;
import io.edgellm.inference.OnnxModelLoader;
import io.edgellm.inference.OnnxOptions;
import io.edgellm.inference.embedding.TinyEncoder.Form;
import io.edgellm.inference.memory.MemoryBudget;
import io.edgellm.inference.onnx.ElementType;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.InferenceException.Reason;
import io.edgellm.llm.TextEmbedder;
import io.edgellm.trust.DevelopmentModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is no embedder is refused with what was seen, and nothing stays open. */
class RefusedEmbeddersTest {
  private final MemoryBudget budget = MemoryBudget.ofBytes(64 << 20);

  @TempDir private Path parent;
  private Path directory;

  @BeforeEach
  void writeUsualModel() throws Exception {
    directory = Files.createDirectory(parent.resolve("model"));
    write(Form.USUAL);
  }

  private void write(Form form) throws Exception {
    new TinyEncoder(1).write(directory, form);
  }

  private TextEmbedder load(MemoryBudget from, EmbedderOptions options) {
    return new OnnxModelLoader(OnnxOptions.builder().threads(1).memoryBudget(from).build())
        .loadEmbedder(DevelopmentModel.at(directory), options);
  }

  private TextEmbedder load() {
    return load(budget, EmbedderOptions.defaults());
  }

  private static void assertFails(ThrowingCallable call, Reason reason, String... words) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            InferenceException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(reason);
              assertThat(e.getMessage()).contains(words);
            });
  }

  private void assertRefused(Reason reason, String... words) {
    assertFails(this::load, reason, words);
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void namesAnInputThatNoRuleFeeds() throws Exception {
    write(Form.USUAL.withInput("task_id"));
    assertRefused(Reason.MODEL_UNSUPPORTED, "'task_id'");
  }

  @Test
  void namesTheOutputsOfAGraphWithoutHiddenStates() throws Exception {
    write(Form.USUAL.output("logits", ElementType.FLOAT));
    assertRefused(Reason.MODEL_UNSUPPORTED, "logits");
  }

  @Test
  void namesModulesThatTheGraphLacks() throws Exception {
    Files.writeString(
        directory.resolve("modules.json"),
        "[{\"path\": \"2_Dense\", \"type\": \"sentence_transformers.models.Dense\"}]");
    assertRefused(Reason.MODEL_UNSUPPORTED, "sentence_transformers.models.Dense");
  }

  @Test
  void namesAPoolingThatIsNotDone() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("1_Pooling"));
    Files.writeString(
        folder.resolve("config.json"), "{\"pooling_mode_weightedmean_tokens\": true}");
    assertRefused(Reason.MODEL_UNSUPPORTED, "pooling_mode_weightedmean_tokens");
  }

  @Test
  void refusesModulesThatAreNoList() throws Exception {
    Files.writeString(directory.resolve("modules.json"), "{}");
    assertRefused(Reason.MODEL_INVALID, "modules.json");
  }

  @Test
  void refusesAPoolingOutsideOfTheDirectory() throws Exception {
    Path outside = Files.createDirectory(parent.resolve("outside"));
    Files.writeString(outside.resolve("config.json"), "{\"pooling_mode_cls_token\": true}");
    Files.writeString(
        directory.resolve("modules.json"),
        "[{\"path\": \"../outside\", \"type\": \"sentence_transformers.models.Pooling\"}]");
    assertRefused(Reason.MODEL_INVALID, "not a path inside");
  }

  @Test
  void refusesAGraphThatWasCutOff() throws Exception {
    Path graph = directory.resolve("onnx/model.onnx");
    byte[] bytes = Files.readAllBytes(graph);
    Files.write(graph, Arrays.copyOf(bytes, bytes.length / 2));
    assertRefused(Reason.MODEL_INVALID, "model.onnx");
  }

  @Test
  void refusesADirectoryWithoutATokenizer() throws Exception {
    Files.delete(directory.resolve("tokenizer.json"));
    assertRefused(Reason.MODEL_INVALID, "tokenizer.json is missing");
  }

  @Test
  void refusesWhatTheBudgetHasNoRoomFor() {
    MemoryBudget small = MemoryBudget.ofBytes(1000);
    assertFails(
        () -> load(small, EmbedderOptions.defaults()),
        Reason.OUT_OF_BUDGET,
        "memory budget",
        "MiB");
    assertThat(small.usedBytes()).isZero();
  }

  @Test
  void takesItsMemoryFromTheBudgetUntilItIsClosed() {
    TextEmbedder embedder = load();
    assertThat(budget.usedBytes()).isPositive();
    embedder.close();
    assertThat(budget.usedBytes()).isZero();
    embedder.close();
  }

  @Test
  void refusesABoundThatTheFrameFills() {
    assertFails(
        () -> load(budget, EmbedderOptions.builder().maxTokens(2).build()),
        Reason.MODEL_UNSUPPORTED,
        "2 tokens");
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void refusesATextThatIsTooLong() {
    try (TextEmbedder embedder = load()) {
      String longest = "play ".repeat(embedder.maxTokens() - 2);
      assertThat(embedder.embed(longest)).hasSize(embedder.dimensions());
      assertFails(
          () -> embedder.embed(longest + "play"), Reason.PROMPT_TOO_LONG, "13 tokens", "takes 12");
    }
  }

  @Test
  void hasNoVectorsOnceClosed() {
    TextEmbedder embedder = load();
    embedder.close();
    assertFails(() -> embedder.embed("play"), Reason.CLOSED, "unloaded");
  }
}
