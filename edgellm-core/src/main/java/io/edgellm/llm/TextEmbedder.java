package io.edgellm.llm;

import io.edgellm.trust.LoadableModel;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns texts into vectors that are near each other when the texts mean something similar: for
 * search, for grouping, for choosing what belongs into a prompt.
 *
 * <p>Vectors can only be compared with those of the same model. Nothing is added to a text but the
 * tokens that the model's tokenizer frames every text with: a model that expects an instruction,
 * such as {@code query: }, gets it as a part of the text.
 *
 * <p>Thread-safe; whoever opened it closes it. A text that is being embedded when another thread
 * closes the embedder ends with {@link InferenceException.Reason#CLOSED}, and native memory is free
 * when {@link #close()} returns.
 */
public interface TextEmbedder extends AutoCloseable {
  /** Returns what was loaded. */
  LoadableModel source();

  /** Returns the length of each vector. */
  int dimensions();

  /** Returns the longest text in tokens, those included that the tokenizer frames it with. */
  int maxTokens();

  /** Returns the number of tokens of a text, those included that the tokenizer frames it with. */
  int countTokens(String text);

  /**
   * Returns the vector of a text.
   *
   * @return {@link #dimensions()} numbers; of length 1 where the model's vectors are normalized
   * @throws InferenceException PROMPT_TOO_LONG if the text has more than {@link #maxTokens()}
   *     tokens and the embedder does not shorten texts; RUNTIME if the runtime fails, or gives
   *     something else than numbers; CLOSED
   * @throws IllegalArgumentException if the text is empty, and the model frames texts with nothing
   */
  float[] embed(String text);

  /**
   * Returns the vectors of some texts in their order: the same as those of {@link #embed(String)}.
   *
   * @throws InferenceException as {@link #embed(String)}, for the first text that has no vector
   * @throws IllegalArgumentException as {@link #embed(String)}
   */
  default List<float[]> embed(List<String> texts) {
    List<float[]> vectors = new ArrayList<>(texts.size());
    for (String text : texts) {
      vectors.add(embed(text));
    }
    return vectors;
  }

  @Override
  void close();
}
