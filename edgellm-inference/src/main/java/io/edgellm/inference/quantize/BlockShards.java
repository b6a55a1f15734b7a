package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.edgellm.inference.onnx.TensorRange;
import io.edgellm.inference.quantize.QuantizationException.Reason;
import io.edgellm.inference.shard.plan.ShardPlan;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One file for each block of the network, to the byte what {@code ModelSharder} makes of the model
 * with all weights in one file, which is never written.
 *
 * <p>Where everything lies depends on sizes and names alone. So the plan is made before the first
 * byte, on a graph whose small new tensors are zeros still, and once more when they are known, for
 * those of them that do not stay in the graph.
 */
final class BlockShards implements WeightLayout {
  private static final String FOLDER = "weights";

  private final long bytes;
  private final Map<TensorRange, TensorRange> places = new HashMap<>();

  /**
   * @param model the graph of the model with all weights in one file
   */
  BlockShards(ModelProto model) throws IOException {
    ShardPlan plan = plan(model);
    if (!plan.hasBlocks()) {
      throw new QuantizationException(
          Reason.UNSUPPORTED_MODEL,
          "No name in the graph tells which block of the network a weight belongs to (layers.0,"
              + " h.0, blocks.0): export the model with the names of its modules, or quantize it"
              + " without shards.",
          "shards");
    }
    bytes = plan.bytes();
    plan.shards()
        .forEach(
            (shard, pieces) ->
                pieces.forEach(piece -> places.put(range(piece), place(shard, piece))));
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public TensorRange placeOf(TensorRange range) {
    return Objects.requireNonNull(places.get(range), range.toString());
  }

  @Override
  public ModelProto finish(ModelProto model, WeightFiles files) throws IOException {
    ShardPlan plan = plan(model);
    for (Map.Entry<String, List<ShardPlan.Placed>> shard : plan.shards().entrySet()) {
      for (ShardPlan.Placed placed : shard.getValue()) {
        if (placed.piece().source() == null) {
          files.writeAt(
              place(shard.getKey(), placed), 0, placed.piece().inline().asReadOnlyByteBuffer());
        }
      }
    }
    return plan.sharded();
  }

  private static ShardPlan plan(ModelProto model) throws IOException {
    return new ShardPlan(model, TensorRange::of, FOLDER);
  }

  private static TensorRange range(ShardPlan.Placed placed) {
    TensorRange source = placed.piece().source();
    return source == null ? new TensorRange(placed.piece().tensor(), 0, 0) : source;
  }

  private static TensorRange place(String shard, ShardPlan.Placed placed) {
    return new TensorRange(FOLDER + "/" + shard, placed.offset(), placed.piece().length());
  }
}
