package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The inputs that differ from pass to pass: tokens and positions, as views of buffers that are
 * overwritten in place. Views of one token are made once.
 */
final class TokenInputs implements AutoCloseable {
  private final GraphSignature signature;
  private final IntegerBuffer ids;
  private final @Nullable IntegerBuffer positions;
  private final Map<Integer, List<OnnxTensor>> columns = new HashMap<>();
  private final List<OnnxTensor> fed = new ArrayList<>();

  /**
   * @param most the largest number of tokens of a pass
   */
  TokenInputs(OrtEnvironment environment, GraphSignature signature, int most) {
    this.signature = signature;
    this.ids = new IntegerBuffer(environment, signature.ids().type(), most);
    this.positions =
        signature
            .positions()
            .map(input -> new IntegerBuffer(environment, input.type(), most))
            .orElse(null);
  }

  /**
   * Puts in the tokens {@code tokens[from, to)} of a sequence that has {@code past} others, padded
   * at the end where the graph takes more.
   */
  void feed(int[] tokens, int from, int to, int past, RunTensors run) throws OrtException {
    int count = signature.fixed().fed(to - from);
    for (int i = 0; i < count; i++) {
      set(i, from + i < to ? tokens[from + i] : 0, past + i);
    }
    if (count == 1) {
      feedColumn(1, run);
    } else {
      release();
      addViews(1, count, fed);
      put(fed, run);
    }
  }

  /** Sets the token of one row of a pass over several sequences. */
  void set(int row, int token, int before) {
    ids.put(row, token);
    if (positions != null) {
      positions.put(row, signature.firstPosition() + before);
    }
  }

  /** Puts in one token of each of some sequences, as {@link #set} left them. */
  void feedColumn(int rows, RunTensors run) throws OrtException {
    List<OnnxTensor> views = columns.get(rows);
    if (views == null) {
      views = new ArrayList<>();
      columns.put(rows, views);
      addViews(rows, 1, views);
    }
    put(views, run);
  }

  private void addViews(int rows, int tokens, List<OnnxTensor> views) throws OrtException {
    views.add(ids.tensor(0, rows, tokens));
    if (positions != null) {
      views.add(positions.tensor(0, rows, tokens));
    }
  }

  private void put(List<OnnxTensor> views, RunTensors run) {
    run.input(signature.ids().name(), views.get(0));
    if (views.size() > 1) {
      run.input(signature.positions().orElseThrow().name(), views.get(1));
    }
  }

  private void release() {
    fed.forEach(OnnxTensor::close);
    fed.clear();
  }

  @Override
  public void close() {
    release();
    columns.values().forEach(views -> views.forEach(OnnxTensor::close));
    columns.clear();
    ids.close();
    if (positions != null) {
      positions.close();
    }
  }
}
