package io.edgellm.inference.layout;

import java.util.Optional;

/** What the configuration of a model calls its architecture, such as {@code llama}. */
public final class ModelFamily {
  private ModelFamily() {}

  /**
   * Reads the name.
   *
   * @throws io.edgellm.llm.InferenceException MODEL_INVALID if the configuration is damaged
   */
  public static Optional<String> of(ModelDirectory directory) {
    if (directory.has(GenaiLayout.FILE)) {
      return name(ConfigFile.read(directory, GenaiLayout.FILE), "/model/type");
    }
    return directory.has(HuggingFaceLayout.FILE)
        ? name(ConfigFile.read(directory, HuggingFaceLayout.FILE), "/model_type")
        : Optional.empty();
  }

  private static Optional<String> name(ConfigFile config, String pointer) {
    return config.has(pointer) ? Optional.of(config.text(pointer)) : Optional.empty();
  }
}
