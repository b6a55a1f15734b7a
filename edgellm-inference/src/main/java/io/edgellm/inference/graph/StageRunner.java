package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs the graph of a decoder, or one after the other those that it was split into (an embedding,
 * some layers, a head), as if they were one.
 *
 * <p>What a graph gives and a later one takes is handed on in memory of the runtime. A graph of
 * whose outputs nothing is wanted is left out of a pass, such as the head while a prompt is read.
 */
final class StageRunner implements AutoCloseable {

  /** A session with its place in the row. */
  private record Stage(OrtSession session, StageLinks.Link link) {}

  private final List<Stage> stages = new ArrayList<>();
  private final Map<String, OnnxTensor> between = new HashMap<>();

  /** Takes over the sessions. */
  StageRunner(List<OrtSession> sessions, StageLinks links) {
    for (int i = 0; i < sessions.size(); i++) {
      stages.add(new Stage(sessions.get(i), links.links().get(i)));
    }
  }

  /** Makes one pass; what the runtime provided memory for is in the results of {@code run}. */
  void run(RunTensors run, OrtSession.RunOptions options) throws OrtException {
    if (stages.size() == 1) {
      OrtSession session = stages.get(0).session();
      run.add(session.run(run.inputs(), run.requested(), run.outputs(), options));
      return;
    }
    between.clear();
    for (Stage stage : stages) {
      run(stage, run, options);
    }
    between.clear();
  }

  private void run(Stage stage, RunTensors run, OrtSession.RunOptions options) throws OrtException {
    StageLinks.Link link = stage.link();
    Map<String, OnnxTensor> pinned = new HashMap<>(run.outputs());
    pinned.keySet().retainAll(link.outputs());
    Set<String> requested = new HashSet<>(run.requested());
    requested.retainAll(link.outputs());
    requested.addAll(link.handedOn().keySet());
    if (pinned.isEmpty() && requested.isEmpty()) {
      return;
    }
    Map<String, OnnxTensor> inputs = new HashMap<>(run.inputs());
    inputs.putAll(between);
    inputs.keySet().retainAll(link.inputs());
    OrtSession.Result result = stage.session().run(inputs, requested, pinned, options);
    run.add(result);
    link.handedOn()
        .forEach((name, as) -> between.put(as, (OnnxTensor) result.get(name).orElseThrow()));
  }

  @Override
  public void close() {
    for (Stage stage : stages) {
      try {
        stage.session().close();
      } catch (OrtException e) {
        throw new IllegalStateException("The session was closed before.", e);
      }
    }
  }
}
