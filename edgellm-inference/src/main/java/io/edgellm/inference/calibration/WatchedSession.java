package io.edgellm.inference.calibration;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.edgellm.inference.calibration.CalibrationException.Reason;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.inference.surgery.GraphProbe;
import io.edgellm.inference.surgery.GraphSource;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** A graph with further outputs that samples are run through. */
final class WatchedSession implements AutoCloseable {
  private static final int MAX_PASS_TOKENS = 512;

  private final OrtEnvironment environment;
  private final OrtSession.SessionOptions options;
  private final OrtSession session;
  private final BooleanSupplier cancelled;

  /** Takes what a pass gave. */
  interface Taker {
    void take(Pass pass) throws OrtException;
  }

  /** What went into a pass and came out of it; valid until the next one. */
  record Pass(Map<String, OnnxTensor> fed, OrtSession.Result result) {
    Optional<OnnxTensor> tensor(String name) {
      OnnxTensor in = fed.get(name);
      return in != null
          ? Optional.of(in)
          : result.get(name).filter(OnnxTensor.class::isInstance).map(OnnxTensor.class::cast);
    }
  }

  /**
   * Opens a graph as it is: what an optimization merges would not be seen.
   *
   * @param file where the graph lies on the disk, and the files beside it that it names
   */
  WatchedSession(
      OrtEnvironment environment,
      ModelProto model,
      Path file,
      int threads,
      BooleanSupplier cancelled)
      throws OrtException {
    this.environment = environment;
    this.cancelled = cancelled;
    this.options = new OrtSession.SessionOptions();
    try {
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      // Packed weights would be a second copy of them in memory.
      options.addConfigEntry("session.disable_prepacking", "1");
      this.session =
          new GraphSource.InMemory(model.toByteString(), file.resolveSibling(""))
              .open(environment, options);
    } catch (OrtException | RuntimeException e) {
      options.close();
      throw e;
    }
  }

  /** Returns which of the outputs are 32-bit floating point. */
  Set<String> floats() throws OrtException {
    Map<String, NodeInfo> outputs = new LinkedHashMap<>(session.getOutputInfo());
    outputs
        .values()
        .removeIf(
            output ->
                !(output.getInfo() instanceof TensorInfo info) || info.type != OnnxJavaType.FLOAT);
    return outputs.keySet();
  }

  /** Returns what the graph takes. */
  Map<String, TensorInfo> inputs() throws OrtException {
    Map<String, TensorInfo> inputs = new LinkedHashMap<>();
    for (Map.Entry<String, NodeInfo> input : session.getInputInfo().entrySet()) {
      if (input.getValue().getInfo() instanceof TensorInfo info) {
        inputs.put(input.getKey(), info);
      }
    }
    return inputs;
  }

  /**
   * Runs one sample.
   *
   * @param number of the sample, from 1
   * @param watched the outputs to look at
   */
  void run(SampleReader samples, int number, Set<String> watched, Taker taker) throws OrtException {
    CalibrationSample sample = samples.samples().get(number - 1);
    if (sample instanceof CalibrationSample.Tensors tensors) {
      requireNotCancelled();
      try (TensorFeed feed = TensorFeed.of(environment, inputs(), tensors, number);
          OrtSession.Result result = session.run(feed.tensors(), watched)) {
        taker.take(new Pass(feed.tensors(), result));
      }
      return;
    }
    ModelLayout layout = samples.layout().orElseThrow();
    try (GraphProbe probe = new GraphProbe(environment, session, layout, watched)) {
      int[] tokens = samples.tokens(sample, number, probe.vocabularySize(), layout.contextTokens());
      int from = 0;
      while (from < tokens.length) {
        requireNotCancelled();
        int half = from == 0 ? Math.max(1, tokens.length / 2) : tokens.length;
        int to = Math.min(Math.max(from + 1, half), from + MAX_PASS_TOKENS);
        probe.pass(Arrays.copyOfRange(tokens, from, to), to - from - 1);
        taker.take(new Pass(Map.of(), probe.latest().orElseThrow()));
        from = to;
      }
    } catch (GraphProbe.Unknown e) {
      throw new CalibrationException(
          Reason.UNKNOWN_INPUT, "The graph " + e.seen() + "; give its inputs as tensors.", null, e);
    }
  }

  /** Returns the outputs that become inputs of the next pass, by those inputs. */
  Map<String, String> states(SampleReader samples) throws OrtException {
    if (samples.layout().isEmpty()) {
      return Map.of();
    }
    try (GraphProbe probe =
        new GraphProbe(environment, session, samples.layout().get(), Set.of())) {
      return probe.states();
    } catch (GraphProbe.Unknown e) {
      return Map.of();
    }
  }

  private void requireNotCancelled() {
    if (cancelled.getAsBoolean()) {
      throw new CalibrationException(
          Reason.CANCELLED, "The calibration was cancelled; nothing was written.", null);
    }
  }

  @Override
  public void close() throws OrtException {
    session.close();
    options.close();
  }
}
