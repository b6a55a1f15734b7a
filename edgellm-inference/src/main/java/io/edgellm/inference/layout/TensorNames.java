package io.edgellm.inference.layout;

import java.util.List;

/**
 * How the tensors of a graph are called.
 *
 * @param inputIds the tokens
 * @param attentionMask which positions count
 * @param positionIds where the tokens stand
 * @param logits the scores of the next token
 * @param logitsToKeep inputs, where a graph has one of them, for how many of the last positions
 *     there are logits
 * @param cacheBranch an input, where a graph has it, that says whether there is a cache yet
 * @param past the caches and states that go in, with {@code %d} for the layer
 * @param present the caches that come out, in the same order
 */
public record TensorNames(
    String inputIds,
    String attentionMask,
    String positionIds,
    String logits,
    List<String> logitsToKeep,
    String cacheBranch,
    List<String> past,
    List<String> present) {

  /** Copies the lists. */
  public TensorNames {
    logitsToKeep = List.copyOf(logitsToKeep);
    past = List.copyOf(past);
    present = List.copyOf(present);
  }

  /** Returns the names that Optimum and transformers.js use, and the model builder by default. */
  public static TensorNames usual() {
    return new TensorNames(
        "input_ids",
        "attention_mask",
        "position_ids",
        "logits",
        List.of("num_logits_to_keep", "logits_to_keep"),
        "use_cache_branch",
        List.of("past_key_values.%d.key", "past_key_values.%d.value", "past_conv.%d"),
        List.of("present.%d.key", "present.%d.value", "present_conv.%d"));
  }
}
