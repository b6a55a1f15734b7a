package io.edgellm.inference.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.WireFormat;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads a graph without its weights.
 *
 * <p>ONNX's generated parser would put a single-file model on the heap whole, up to two gigabytes.
 * This one walks the outer messages itself and steps over the raw data of initializers; such a
 * tensor then says that its data are external, in the graph's own file, so that single-file models
 * and models with external data are read in one way from there on. Everything else, fields that
 * this version of ONNX does not know included, goes through the generated parser unchanged.
 */
public final class OnnxGraphFile {
  /** Smaller tensors stay where they are; the threshold that the onnx package uses as well. */
  public static final int INLINE_BYTES = 1024;

  private static final int GRAPH = lengthDelimited(ModelProto.GRAPH_FIELD_NUMBER);
  private static final int INITIALIZER = lengthDelimited(GraphProto.INITIALIZER_FIELD_NUMBER);
  private static final int RAW_DATA = lengthDelimited(TensorProto.RAW_DATA_FIELD_NUMBER);

  private final CodedInputStream in;
  private final String location;

  private OnnxGraphFile(InputStream stream, String location) {
    this.in = CodedInputStream.newInstance(stream);
    this.location = location;
  }

  /**
   * Reads a file.
   *
   * @throws MalformedOnnxException if it is cut off or is no graph
   */
  public static ModelProto read(Path file) throws IOException {
    try (InputStream stream = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      return new OnnxGraphFile(stream, String.valueOf(file.getFileName())).model();
    } catch (InvalidProtocolBufferException e) {
      throw new MalformedOnnxException(
          "The graph is cut off or is not ONNX; fetch it again.", file.toString(), e);
    }
  }

  private ModelProto model() throws IOException {
    UnknownFieldSet.Builder others = UnknownFieldSet.newBuilder();
    ModelProto.Builder model = ModelProto.newBuilder();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == GRAPH) {
        int outer = in.pushLimit(in.readRawVarint32());
        model.setGraph(graph());
        in.popLimit(outer);
      } else {
        keep(tag, others);
      }
    }
    if (!model.hasGraph()) {
      throw new InvalidProtocolBufferException("no graph");
    }
    return model.mergeFrom(others.build().toByteString()).build();
  }

  private GraphProto graph() throws IOException {
    UnknownFieldSet.Builder others = UnknownFieldSet.newBuilder();
    GraphProto.Builder graph = GraphProto.newBuilder();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == INITIALIZER) {
        int outer = in.pushLimit(in.readRawVarint32());
        graph.addInitializer(tensor());
        in.popLimit(outer);
      } else {
        keep(tag, others);
      }
    }
    return graph.mergeFrom(others.build().toByteString()).build();
  }

  private TensorProto tensor() throws IOException {
    UnknownFieldSet.Builder others = UnknownFieldSet.newBuilder();
    TensorProto.Builder tensor = TensorProto.newBuilder();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == RAW_DATA) {
        rawData(tensor);
      } else {
        keep(tag, others);
      }
    }
    return tensor.mergeFrom(others.build().toByteString()).build();
  }

  private void rawData(TensorProto.Builder tensor) throws IOException {
    int length = in.readRawVarint32();
    if (length < INLINE_BYTES) {
      tensor.setRawData(ByteString.copyFrom(in.readRawBytes(length)));
    } else {
      new TensorRange(location, in.getTotalBytesRead(), length).describe(tensor);
      in.skipRawBytes(length);
    }
  }

  private void keep(int tag, UnknownFieldSet.Builder others) throws IOException {
    if (!others.mergeFieldFrom(tag, in)) {
      throw new InvalidProtocolBufferException("end of a group that never began");
    }
  }

  private static int lengthDelimited(int field) {
    return field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }
}
