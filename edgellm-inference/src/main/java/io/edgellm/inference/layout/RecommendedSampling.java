package io.edgellm.inference.layout;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.Sampling;

/**
 * The sampling that the publisher of a model recommends: {@code search} of genai_config.json, or
 * generation_config.json of Hugging Face.
 *
 * <p>What the file does not say is neutral. The defaults of the libraries that these files were
 * written for, such as 50 for top-k in transformers, are not the publisher's advice.
 */
public final class RecommendedSampling {
  private static final String GENERATION_FILE = "generation_config.json";

  private RecommendedSampling() {}

  /**
   * Reads the recommendation; without one, or with {@code do_sample} off, it is greedy.
   *
   * @throws InferenceException MODEL_INVALID if a file is damaged or recommends what has no meaning
   */
  public static Sampling read(ModelDirectory directory) {
    if (directory.has(GenaiLayout.FILE)) {
      return of(ConfigFile.read(directory, GenaiLayout.FILE), "/search");
    }
    return directory.has(GENERATION_FILE)
        ? of(ConfigFile.read(directory, GENERATION_FILE), "")
        : Sampling.greedy();
  }

  private static Sampling of(ConfigFile config, String at) {
    try {
      Sampling.Builder sampling =
          Sampling.builder().repetitionPenalty(number(config, at + "/repetition_penalty", 1));
      if (!config.root().at(at + "/do_sample").asBoolean(false)) {
        return sampling.temperature(0).build();
      }
      return sampling
          .temperature(number(config, at + "/temperature", 1))
          .topK((int) number(config, at + "/top_k", 0))
          .typicalP(number(config, at + "/typical_p", 1))
          .topP(number(config, at + "/top_p", 1))
          .minP(number(config, at + "/min_p", 0))
          .build();
    } catch (IllegalArgumentException e) {
      throw config.file().invalid("recommends a sampling without a meaning: " + e.getMessage(), e);
    }
  }

  private static float number(ConfigFile config, String pointer, float otherwise) {
    if (!config.has(pointer)) {
      return otherwise;
    }
    JsonNode node = config.root().at(pointer);
    if (!node.isNumber()) {
      throw config.file().invalid("has no number at " + pointer, null);
    }
    return node.floatValue();
  }
}
