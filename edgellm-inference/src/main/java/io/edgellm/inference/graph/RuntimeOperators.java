package io.edgellm.inference.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.edgellm.model.Requirements;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which operator sets the loaded runtime knows. It has no function that says so, but refuses graphs
 * of a newer set: graphs of a single node are offered to it until it does.
 */
public final class RuntimeOperators {
  // Every runtime that this library loads knows these.
  private static final int KNOWN_ONNX = 17;
  private static final int KNOWN_ML = 3;
  private static final int MOST = 64;
  private static final String ML = "ai.onnx.ml";

  private RuntimeOperators() {}

  /** Returns the newest version of each set, by domain; takes a few milliseconds. */
  public static Map<String, Integer> newest(OrtEnvironment environment) {
    Map<String, Integer> newest = new LinkedHashMap<>();
    newest.put(Requirements.ONNX_DOMAIN, newest(environment, "", KNOWN_ONNX));
    newest.put(ML, newest(environment, ML, KNOWN_ML));
    newest.put("com.microsoft", 1);
    return newest;
  }

  private static int newest(OrtEnvironment environment, String domain, int known) {
    int version = known;
    while (version < MOST && opens(environment, domain, version + 1)) {
      version++;
    }
    return version;
  }

  private static boolean opens(OrtEnvironment environment, String domain, int version) {
    ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(8).setGraph(identity());
    if (!domain.isEmpty()) {
      model.addOpsetImport(set("", KNOWN_ONNX));
    }
    model.addOpsetImport(set(domain, version));
    try (OrtSession session = environment.createSession(model.build().toByteArray())) {
      return session.getNumInputs() == 1;
    } catch (OrtException e) {
      return false;
    }
  }

  private static OperatorSetIdProto set(String domain, int version) {
    return OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version).build();
  }

  private static GraphProto identity() {
    return GraphProto.newBuilder()
        .setName("identity")
        .addInput(number("x"))
        .addOutput(number("y"))
        .addNode(NodeProto.newBuilder().setOpType("Identity").addInput("x").addOutput("y"))
        .build();
  }

  private static ValueInfoProto number(String name) {
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(TensorProto.DataType.FLOAT.getNumber())))
        .build();
  }
}
