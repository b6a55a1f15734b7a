package io.edgellm.inference.onnx;

import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads from the name of a tensor or node which block of the network it belongs to, as exporters
 * write such names: {@code model.layers.7.mlp.up_proj.MatMul.weight} and {@code
 * /model/layers.7/attn/…} (onnxruntime-genai, Optimum), {@code transformer.h.7.} (GPT-2, Bloom),
 * {@code transformer.blocks.7.} (MPT), {@code p_model_layers_7_…} (torch.export). Where a block has
 * numbered parts of its own, such as experts, the outermost number counts.
 */
public final class BlockNames {
  private static final Pattern BLOCK =
      Pattern.compile(
          "(?:(?:^|[./_])(?:layers?|blocks?)[./_]|(?:^|[./])h\\.)(\\d{1,4})(?=[./_]|$)");

  /** Tables that tokens and positions are looked up in. */
  private static final Pattern EMBEDDING =
      Pattern.compile("(?<!rotary[._]?)embed|(?:^|[./_])w[tp]e(?:[./_]|$)");

  /** The norm after the last block, which onnxruntime-genai counts as one more block. */
  private static final String AFTER_ALL = "final_norm";

  private BlockNames() {}

  /** Returns the number of the block, or nothing. */
  public static OptionalInt block(String name) {
    Matcher matcher = BLOCK.matcher(name);
    return matcher.find() && !name.contains(AFTER_ALL)
        ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
        : OptionalInt.empty();
  }

  /** Returns whether a name speaks of an embedding. */
  public static boolean isEmbedding(String name) {
    return EMBEDDING.matcher(name.toLowerCase(Locale.ROOT)).find();
  }
}
