package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxTensor;
import java.util.HashMap;
import java.util.Map;

/**
 * What goes into the next pass and where its outputs are written; used again for every pass, so
 * that a token costs no map.
 */
final class RunTensors {
  private final Map<String, OnnxTensor> inputs = new HashMap<>();
  private final Map<String, OnnxTensor> outputs = new HashMap<>();

  void input(String name, OnnxTensor tensor) {
    inputs.put(name, tensor);
  }

  void output(String name, OnnxTensor tensor) {
    outputs.put(name, tensor);
  }

  void withoutOutput(String name) {
    outputs.remove(name);
  }

  Map<String, OnnxTensor> inputs() {
    return inputs;
  }

  Map<String, OnnxTensor> outputs() {
    return outputs;
  }
}
