package io.edgellm.inference.layout;

import io.edgellm.llm.InferenceException;
import io.edgellm.model.ReleaseManifest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the configuration of a model says.
 *
 * @param stages the graphs in the order in which they run, mostly one; the last gives the logits
 * @param names how their tensors are called
 * @param context how long a sequence may be, and how its positions count
 * @param keyValueHeads heads of a cache, for graphs that leave it open; 0 if it is not said
 * @param headSize numbers per head of a cache, for graphs that leave it open; 0 if it is not said
 * @param endTokens the tokens that end an answer, at least one
 */
public record ModelLayout(
    List<GraphStage> stages,
    TensorNames names,
    ContextRule context,
    int keyValueHeads,
    int headSize,
    Set<Integer> endTokens) {

  static final List<String> TEXT_FILES =
      List.of(
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "chat_template.jinja",
          "chat_template.json",
          "answer_format.json");

  /** Copies the collections. */
  public ModelLayout {
    stages = List.copyOf(stages);
    endTokens = Set.copyOf(endTokens);
  }

  /**
   * Reads the configuration: genai_config.json (onnxruntime-genai) where there is one, else
   * config.json (Hugging Face Optimum, transformers.js).
   *
   * @throws InferenceException MODEL_INVALID if a file is missing, damaged or lies outside of the
   *     directory; MODEL_UNSUPPORTED if it describes a kind of model that is not run
   */
  public static ModelLayout read(ModelDirectory directory) {
    TEXT_FILES.stream().filter(directory::has).forEach(directory::file);
    return configuration(directory);
  }

  /** Returns the graph that gives the logits. */
  public Path graph() {
    return stages.get(stages.size() - 1).graph();
  }

  /** Returns the longest sequence that the model was made for. */
  public int contextTokens() {
    return context.tokens();
  }

  /** Returns the layout with another graph in place of the one that gives the logits. */
  public ModelLayout withGraph(Path other) {
    List<GraphStage> others = new ArrayList<>(stages);
    others.set(stages.size() - 1, new GraphStage(other, stages.get(stages.size() - 1).renamed()));
    return new ModelLayout(others, names, context, keyValueHeads, headSize, endTokens);
  }

  /** Returns whether a directory has a configuration that {@link #read} looks for. */
  static boolean describes(ModelDirectory directory) {
    return format(directory).isPresent();
  }

  /** Returns what {@link #read} takes a directory for, by the names of its files alone. */
  public static Optional<ReleaseManifest.Format> format(ModelDirectory directory) {
    if (directory.has(GenaiLayout.FILE)) {
      return Optional.of(ReleaseManifest.Format.ONNX_GENAI);
    }
    return directory.has(HuggingFaceLayout.FILE)
        ? Optional.of(ReleaseManifest.Format.ONNX_OPTIMUM)
        : Optional.empty();
  }

  private static ModelLayout configuration(ModelDirectory directory) {
    if (directory.has(GenaiLayout.FILE)) {
      return GenaiLayout.read(directory);
    }
    if (directory.has(HuggingFaceLayout.FILE)) {
      return HuggingFaceLayout.read(directory);
    }
    throw new InferenceException(
        InferenceException.Reason.MODEL_UNSUPPORTED,
        directory.root()
            + " has neither genai_config.json nor config.json; supported are the layouts of"
            + " onnxruntime-genai and of Hugging Face Optimum.",
        directory.root().toString());
  }
}
