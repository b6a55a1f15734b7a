package io.edgellm.inference.shard.plan;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.edgellm.inference.onnx.ExternalFiles;
import io.edgellm.inference.onnx.OnnxGraphFile;
import io.edgellm.inference.onnx.TensorRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which tensors of a graph leave it, into which file, and where they lie in it.
 *
 * <p>What leaves are weights: all that were external, all of a kilobyte and more, and smaller
 * vectors of fractions, such as the weights of a norm, so that the graph stays the same when only
 * weights change. Shapes, indices and single numbers stay; a runtime must see them while it
 * optimizes.
 *
 * <p>In a file, tensors under 64 KiB come first, each at a multiple of 64 bytes; the others follow,
 * each at a multiple of 64 KiB: that is a page of every kernel that is in use (4, 16 or 64 KiB) and
 * the granularity at which Windows maps files. The order is that of the graph. Tensors that shared
 * their bytes share them again.
 */
public final class ShardPlan {
  private static final int PAGE_BYTES = 1 << 16;
  private static final int SMALL_ALIGNMENT = 64;
  private static final int VECTOR_BYTES = 64;

  private static final Set<Integer> FRACTIONS =
      Set.of(
          TensorProto.DataType.FLOAT.getNumber(),
          TensorProto.DataType.FLOAT16.getNumber(),
          TensorProto.DataType.BFLOAT16.getNumber());

  /** Says where the bytes of an external tensor lie, to the last. */
  @FunctionalInterface
  public interface Ranges {
    /** Returns the range of a tensor, with its length. */
    TensorRange of(TensorProto tensor) throws IOException;
  }

  /**
   * A tensor of the source that goes into a file.
   *
   * @param shard the file
   * @param tensor its name
   * @param inline its bytes, if they are in the graph
   * @param source where they lie, or null if they are in the graph
   */
  public record Piece(
      String shard, String tensor, ByteString inline, @Nullable TensorRange source) {
    /** Returns the number of its bytes. */
    public long length() {
      return source == null ? inline.size() : source.length();
    }
  }

  /**
   * A piece and its place.
   *
   * @param piece the piece
   * @param offset its first byte in its file
   */
  public record Placed(Piece piece, long offset) {}

  private final ModelProto model;
  private final Ranges ranges;
  private final ShardNames names;
  private final String folder;
  private final List<Piece> pieces = new ArrayList<>();
  private final Map<Piece, TensorRange> places = new HashMap<>();
  private final TreeMap<String, List<Placed>> shards = new TreeMap<>();
  private int staying;

  /**
   * @param model the graph without weights
   * @param ranges where its weights lie now
   * @param folder where the files go, relative to the graph
   */
  public ShardPlan(ModelProto model, Ranges ranges, String folder) throws IOException {
    this.model = model;
    this.ranges = ranges;
    this.names = new ShardNames(model.getGraph());
    this.folder = folder;
    WeightWalk.walk(model, new Collecting());
    shareSources();
    place(true);
    place(false);
  }

  /** Returns the files, sorted by name, with what lies in them from front to back. */
  public Map<String, List<Placed>> shards() {
    return shards;
  }

  /** Returns the size of all files together. */
  public long bytes() {
    return shards.values().stream().mapToLong(ShardPlan::end).sum();
  }

  /** Returns how many tensors stay in the graph. */
  public int staying() {
    return staying;
  }

  /** Returns whether any file is that of a block. */
  public boolean hasBlocks() {
    return shards.keySet().stream()
        .anyMatch(name -> !name.equals(ShardNames.EMBEDDINGS) && !name.equals(ShardNames.REST));
  }

  /**
   * Returns the graph with its tensors in the new files.
   *
   * @throws Unmoved if some external data are not those of a plain tensor
   */
  public ModelProto sharded() throws IOException {
    ModelProto sharded = WeightWalk.walk(model, new Placing(pieces.iterator()));
    for (TensorRange range : ExternalFiles.ranges(sharded)) {
      if (!places.containsValue(range)) {
        throw new Unmoved(range.location());
      }
    }
    return sharded;
  }

  /** A sparse tensor or a list of tensors has its bytes in a file; only plain weights are moved. */
  public static final class Unmoved extends IOException {
    private static final long serialVersionUID = 1L;

    private final String location;

    private Unmoved(String location) {
      super(location);
      this.location = location;
    }

    /** Returns the file. */
    public String location() {
      return location;
    }

    /** Returns a sentence that says what to do. */
    public String sentence() {
      return "A sparse tensor or a list of tensors has its bytes in "
          + location
          + "; only plain weights are moved: export the model with these in the graph.";
    }
  }

  /** The first of several tensors over the same bytes decides where they go. */
  private void shareSources() {
    Map<TensorRange, Piece> first = new HashMap<>();
    pieces.replaceAll(
        piece ->
            piece.source() == null ? piece : first.computeIfAbsent(piece.source(), range -> piece));
  }

  private void place(boolean small) {
    for (Piece piece : pieces) {
      if ((piece.length() < PAGE_BYTES) == small && !places.containsKey(piece)) {
        List<Placed> shard = shards.computeIfAbsent(piece.shard(), name -> new ArrayList<>());
        long offset = align(end(shard), small ? SMALL_ALIGNMENT : PAGE_BYTES);
        shard.add(new Placed(piece, offset));
        places.put(piece, new TensorRange(folder + "/" + piece.shard(), offset, piece.length()));
      }
    }
  }

  private static long end(List<Placed> shard) {
    if (shard.isEmpty()) {
      return 0;
    }
    Placed last = shard.get(shard.size() - 1);
    return last.offset() + last.piece().length();
  }

  private static long align(long offset, int alignment) {
    return (offset + alignment - 1) / alignment * alignment;
  }

  private Piece piece(String shard, TensorProto tensor) throws IOException {
    return TensorRange.isExternal(tensor)
        ? new Piece(shard, tensor.getName(), ByteString.EMPTY, ranges.of(tensor))
        : new Piece(shard, tensor.getName(), InlineTensor.bytes(tensor), null);
  }

  private static boolean leaves(TensorProto tensor) {
    if (TensorRange.isExternal(tensor)) {
      return true;
    }
    int length = InlineTensor.bytes(tensor).size();
    boolean isVector = tensor.getDimsCount() > 0 && FRACTIONS.contains(tensor.getDataType());
    return length >= OnnxGraphFile.INLINE_BYTES || (isVector && length >= VECTOR_BYTES);
  }

  private final class Collecting implements WeightWalk.Visitor {
    @Override
    public TensorProto initializer(TensorProto tensor) throws IOException {
      if (leaves(tensor)) {
        pieces.add(piece(names.of(tensor.getName()), tensor));
      } else {
        staying++;
      }
      return tensor;
    }

    @Override
    public TensorProto constant(NodeProto node, TensorProto tensor) throws IOException {
      if (TensorRange.isExternal(tensor)) {
        pieces.add(piece(ShardNames.of(node), tensor));
      } else {
        staying++;
      }
      return tensor;
    }
  }

  /** Meets the same tensors in the same order. */
  private final class Placing implements WeightWalk.Visitor {
    private final Iterator<Piece> order;

    Placing(Iterator<Piece> order) {
      this.order = order;
    }

    @Override
    public TensorProto initializer(TensorProto tensor) {
      return leaves(tensor) ? moved(tensor) : tensor;
    }

    @Override
    public TensorProto constant(NodeProto node, TensorProto tensor) {
      return TensorRange.isExternal(tensor) ? moved(tensor) : tensor;
    }

    private TensorProto moved(TensorProto tensor) {
      TensorRange place = places.get(order.next());
      if (place == null) {
        throw new IllegalStateException("A tensor was not placed: " + tensor.getName());
      }
      TensorProto.Builder moved = tensor.toBuilder().clearFloatData().clearInt64Data();
      place.describe(moved);
      return moved.build();
    }
  }
}
