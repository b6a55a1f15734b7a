package io.edgellm.inference.graph;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.edgellm.inference.internal.ModelFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What can be learnt from an ONNX file without its weights: which operators it uses, which other
 * files it names, what goes in and comes out.
 *
 * <p>Read as a stream that seeks over the tensors, so that a file of 2 GB costs a few pages of
 * memory. Field numbers are those of onnx.proto3.
 *
 * @param operators the types of all nodes, those of subgraphs and functions included
 * @param externalFiles the locations of all tensors that lie in other files
 * @param declaration the inputs and outputs, as far as the file says of what shape they are
 */
public record GraphOutline(
    Set<String> operators, Set<String> externalFiles, GraphDeclaration declaration) {

  /** Copies the sets. */
  public GraphOutline {
    operators = Set.copyOf(operators);
    externalFiles = Set.copyOf(externalFiles);
  }

  /**
   * Reads the outline.
   *
   * @throws io.edgellm.llm.InferenceException MODEL_INVALID if the file is no ONNX graph
   */
  public static GraphOutline read(Path graph) {
    ModelFile file = new ModelFile(graph, Integer.MAX_VALUE);
    try (InputStream in = Files.newInputStream(graph)) {
      Reader reader = new Reader(CodedInputStream.newInstance(in, 1 << 16));
      reader.fields(Message.MODEL, 0);
      if (reader.operators.isEmpty()) {
        throw file.invalid("is not an ONNX graph: it has no nodes", null);
      }
      return new GraphOutline(reader.operators, reader.externalFiles, reader.declaration());
    } catch (ClosedByInterruptException e) {
      throw file.unreadable(e);
    } catch (IOException e) {
      throw file.invalid("is not a whole ONNX graph: " + e.getMessage(), e);
    }
  }

  /** The messages on the way to nodes and tensors. */
  private enum Message {
    MODEL,
    FUNCTION,
    GRAPH,
    NODE,
    ATTRIBUTE,
    TENSOR,
    ENTRY,
    OTHER;

    Message field(int number) {
      return switch (this) {
        case MODEL -> number == 7 ? GRAPH : number == 25 ? FUNCTION : OTHER;
        case FUNCTION -> number == 7 ? NODE : OTHER;
        case GRAPH -> number == 1 ? NODE : number == 5 ? TENSOR : OTHER;
        case NODE -> number == 5 ? ATTRIBUTE : OTHER;
        case ATTRIBUTE ->
            number == 5 || number == 10 ? TENSOR : number == 6 || number == 11 ? GRAPH : OTHER;
        case TENSOR -> number == 13 ? ENTRY : OTHER;
        case ENTRY, OTHER -> OTHER;
      };
    }
  }

  private static final class Reader {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_DECLARATION_BYTES = 1 << 16;
    private static final int OPERATOR = 4;
    private static final int NAME_OF_TENSOR = 8;
    private static final int INPUT = 11;
    private static final int OUTPUT = 12;
    private static final int KEY = 1;
    private static final int VALUE = 2;

    private final CodedInputStream in;
    private final Set<String> operators = new TreeSet<>();
    private final Set<String> externalFiles = new TreeSet<>();
    private final Set<String> initializers = new HashSet<>();
    private final Map<String, DeclaredTensor> inputs = new LinkedHashMap<>();
    private final Map<String, DeclaredTensor> outputs = new LinkedHashMap<>();

    Reader(CodedInputStream in) {
      this.in = in;
    }

    void fields(Message message, int depth) throws IOException {
      if (depth > MAX_DEPTH) {
        throw new IOException("subgraphs are nested deeper than " + MAX_DEPTH);
      }
      String key = "";
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        int number = WireFormat.getTagFieldNumber(tag);
        Message inner = message.field(number);
        if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
          in.skipField(tag);
        } else if (inner != Message.OTHER) {
          int end = in.pushLimit(in.readRawVarint32());
          fields(inner, depth + 1);
          in.popLimit(end);
        } else if (depth == 1 && message == Message.GRAPH && number == INPUT) {
          declare(inputs);
        } else if (depth == 1 && message == Message.GRAPH && number == OUTPUT) {
          declare(outputs);
        } else if (message == Message.TENSOR && number == NAME_OF_TENSOR) {
          initializers.add(in.readString());
        } else if (message == Message.NODE && number == OPERATOR) {
          operators.add(in.readString());
        } else if (message == Message.ENTRY && number == KEY) {
          key = in.readString();
        } else if (message == Message.ENTRY && number == VALUE && key.equals("location")) {
          externalFiles.add(in.readString());
        } else {
          in.skipField(tag);
        }
      }
    }

    private void declare(Map<String, DeclaredTensor> tensors) throws IOException {
      int bytes = in.readRawVarint32();
      if (bytes > MAX_DECLARATION_BYTES) {
        throw new IOException("the declaration of an input or output has " + bytes + " bytes");
      }
      OnnxMl.ValueInfoProto info = OnnxMl.ValueInfoProto.parseFrom(in.readRawBytes(bytes));
      tensors.put(info.getName(), GraphDeclaration.tensor(info));
    }

    /** Initializers that are listed as inputs have a value; nothing needs to be fed. */
    GraphDeclaration declaration() {
      inputs.keySet().removeAll(initializers);
      return new GraphDeclaration(inputs, outputs);
    }
  }
}
