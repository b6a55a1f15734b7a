package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What goes into the next pass and where its outputs are written; used again for every pass, so
 * that a token costs no map.
 */
final class RunTensors {
  private final Map<String, OnnxTensor> inputs = new HashMap<>();
  private final Map<String, OnnxTensor> outputs = new HashMap<>();
  private final Set<String> requested = new HashSet<>();
  private final List<OrtSession.Result> results = new ArrayList<>();

  void input(String name, OnnxTensor tensor) {
    inputs.put(name, tensor);
  }

  void output(String name, OnnxTensor tensor) {
    outputs.put(name, tensor);
  }

  void withoutOutput(String name) {
    outputs.remove(name);
  }

  /** Lets the runtime provide the memory of an output; see {@link #takeResults()}. */
  void request(String name) {
    requested.add(name);
  }

  Set<String> requested() {
    return requested;
  }

  /** Keeps what a graph gave until the pass is over. */
  void add(OrtSession.Result result) {
    results.add(result);
  }

  /** Hands over what the graphs gave; the caller closes it. */
  List<OrtSession.Result> takeResults() {
    List<OrtSession.Result> taken = List.copyOf(results);
    results.clear();
    return taken;
  }

  /** Frees what nobody took. */
  void closeResults() {
    for (int i = 0; i < results.size(); i++) {
      results.get(i).close();
    }
    results.clear();
  }

  Map<String, OnnxTensor> inputs() {
    return inputs;
  }

  Map<String, OnnxTensor> outputs() {
    return outputs;
  }
}
