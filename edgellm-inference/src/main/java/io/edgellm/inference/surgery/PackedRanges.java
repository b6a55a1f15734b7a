package io.edgellm.inference.surgery;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.onnx.ExternalFiles;
import io.edgellm.inference.onnx.TensorRange;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Moves the weights that the runtime wrote, packed ones included, to aligned places.
 *
 * <p>ONNX Runtime 1.28.0 writes packed weights one behind the other. Some of its kernels keep
 * several arrays in one packed weight and find them by rounding addresses up to multiples of 64, so
 * that they look in the wrong place where the weight itself is mapped at another remainder: the
 * logits are wrong, and nothing says so. At multiples of 64 the addresses are rounded as they were
 * when the weight was packed.
 *
 * <p>An initializer names its packed weights in entries {@code prepacked_0}, … of the form {@code
 * kernel|offset;length;checksum|offset;length;checksum…}.
 */
final class PackedRanges {
  private static final String PACKED = "prepacked_";
  private static final Pattern VALUE = Pattern.compile("([^|;]+)((?:\\|\\d+;\\d+;[^|;]*)+)");
  private static final Pattern BLOB = Pattern.compile("\\|(\\d+);(\\d+);([^|;]*)");

  private static final int ALIGNMENT = 64;

  /** As the runtime's own writer does it, so that large weights can be mapped anywhere. */
  private static final long LARGE_BYTES = 1 << 20;

  private static final int LARGE_ALIGNMENT = 1 << 16;

  private final FileChannel from;
  private final FileChannel to;
  private long end;
  private int packed;

  private PackedRanges(FileChannel from, FileChannel to) {
    this.from = from;
    this.to = to;
  }

  /**
   * Copies all weights of a model.
   *
   * @return the model with its weights at their new places
   * @throws IOException also if nothing is packed, or in a way that is not known
   */
  static ModelProto move(ModelProto model, Path from, Path to) throws IOException {
    try (FileChannel source = FileChannel.open(from, StandardOpenOption.READ);
        FileChannel target =
            FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      PackedRanges ranges = new PackedRanges(source, target);
      ModelProto moved = ranges.moved(model);
      if (ranges.packed == 0) {
        throw new IOException("this runtime packs none of the weights");
      }
      return moved;
    }
  }

  private ModelProto moved(ModelProto model) throws IOException {
    GraphProto.Builder graph = model.getGraph().toBuilder();
    int moved = 0;
    for (TensorProto.Builder tensor : graph.getInitializerBuilderList()) {
      if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
        move(tensor);
        moved++;
      }
    }
    if (moved != ExternalFiles.ranges(model).size()) {
      throw new IOException("the runtime keeps weights of subgraphs in the file as well");
    }
    return model.toBuilder().setGraph(graph).build();
  }

  private void move(TensorProto.Builder tensor) throws IOException {
    TensorRange range = TensorRange.of(tensor.build());
    long offset = copy(range.offset(), range.length());
    for (StringStringEntryProto.Builder entry : tensor.getExternalDataBuilderList()) {
      if (entry.getKey().equals("offset")) {
        entry.setValue(Long.toString(offset));
      } else if (entry.getKey().startsWith(PACKED)) {
        entry.setValue(movedBlobs(entry.getValue()));
        packed++;
      }
    }
  }

  private String movedBlobs(String value) throws IOException {
    Matcher whole = VALUE.matcher(value);
    if (!whole.matches()) {
      throw new IOException("the runtime describes packed weights in a way that is not known");
    }
    StringBuilder moved = new StringBuilder(whole.group(1));
    Matcher blob = BLOB.matcher(whole.group(2));
    while (blob.find()) {
      long length = Long.parseLong(blob.group(2));
      long offset = copy(Long.parseLong(blob.group(1)), length);
      moved.append('|').append(offset).append(';').append(length);
      moved.append(';').append(blob.group(3));
    }
    return moved.toString();
  }

  private long copy(long position, long length) throws IOException {
    if (length < 0 || position > from.size() - length) {
      throw new IOException("the runtime did not write all weights");
    }
    int alignment = length >= LARGE_BYTES ? LARGE_ALIGNMENT : ALIGNMENT;
    long start = (end + alignment - 1) / alignment * alignment;
    to.position(start);
    for (long done = 0; done < length; ) {
      done += from.transferTo(position + done, length - done, to);
    }
    end = start + length;
    return start;
  }
}
