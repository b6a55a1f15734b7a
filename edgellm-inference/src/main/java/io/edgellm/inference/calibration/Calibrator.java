package io.edgellm.inference.calibration;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.edgellm.inference.calibration.CalibrationException.Reason;
import io.edgellm.inference.graph.RuntimeGuard;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.onnx.MalformedOnnxException;
import io.edgellm.inference.onnx.ModelDigest;
import io.edgellm.inference.onnx.OnnxGraphFile;
import io.edgellm.inference.onnx.TensorRange;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Runs an fp32 model on calibration data and watches how large its activations become.
 *
 * <p>The graph is given further outputs and run on the CPU as it is, without optimizations, its
 * weights where they lie. For least and greatest numbers the runtime itself reduces each tensor, so
 * that no activation lives longer than without; histograms take as many further rounds as are
 * needed for what is looked at in one to stay within 256 MiB. The heap holds one activation at
 * most.
 *
 * <p>A sequence of tokens is read in two or more passes, so that attention over a cache is seen as
 * well; a pass has at most 512 tokens. What goes in as a cache has the range of what comes out.
 *
 * <p>Immutable; may be used by several threads at once.
 */
public final class Calibrator {
  private final RangeMethod method;
  private final int threads;

  /**
   * @param method how ranges come from what is seen
   * @param threads for the matrix products, 1 or more
   */
  public Calibrator(RangeMethod method, int threads) {
    this.method = Objects.requireNonNull(method);
    this.threads = threads;
    if (threads < 1) {
      throw new IllegalArgumentException("A model runs on at least one thread, not " + threads);
    }
  }

  /**
   * Watches every activation of a graph.
   *
   * @param graph the {@code .onnx} file; for texts and tokens the configuration lies beside it or
   *     one directory above
   * @param data what it is run on
   * @return the ranges
   * @throws CalibrationException with the reason
   * @throws io.edgellm.llm.InferenceException if the model is of a kind that is not run
   */
  public ActivationRanges calibrate(Path graph, CalibrationData data) {
    return calibrate(graph, data, tensor -> true, (done, total) -> {}, () -> false);
  }

  /**
   * Watches activations of a graph, with progress and a way to stop.
   *
   * @param graph the {@code .onnx} file; for texts and tokens the configuration lies beside it or
   *     one directory above
   * @param data what it is run on
   * @param wanted which tensors to look at, by name; those that are not 32-bit floating point are
   *     left out
   * @param listener hears of every sample
   * @param cancelled asked before every pass; true ends with {@code CANCELLED}
   * @return the ranges
   * @throws CalibrationException with the reason
   * @throws io.edgellm.llm.InferenceException if the model is of a kind that is not run
   */
  public ActivationRanges calibrate(
      Path graph,
      CalibrationData data,
      Predicate<String> wanted,
      CalibrationListener listener,
      BooleanSupplier cancelled) {
    OrtEnvironment environment = RuntimeGuard.ofThisProcess(false).start();
    ModelDirectory directory = ModelDirectory.of(graph);
    Path file = directory.inside(graph);
    try (SampleReader samples = SampleReader.open(directory, file, data)) {
      ModelProto model = OnnxGraphFile.read(file);
      requireInside(model, directory, file);
      Sha256 digest =
          ModelDigest.of(
              String.valueOf(graph.getFileName()),
              file,
              model,
              location -> directory.file(file.resolveSibling(""), location));
      Observation observation =
          new Observation(environment, model, file, threads, samples, listener, cancelled);
      SortedMap<String, ActivationRange> ranges = new TreeMap<>(observe(observation, wanted));
      ranges.values().removeIf(range -> !range.isFinite());
      return new ActivationRanges(method.label(), data.digest(), digest, ranges);
    } catch (MalformedOnnxException e) {
      throw new CalibrationException(Reason.IO, String.valueOf(e.getMessage()), e.subject(), e);
    } catch (IOException e) {
      throw new CalibrationException(
          Reason.IO, "Reading " + graph + " failed: " + e.getMessage(), graph.toString(), e);
    } catch (OrtException e) {
      throw new CalibrationException(
          Reason.RUN_FAILED,
          "The runtime does not run " + graph + ": " + e.getMessage(),
          graph.toString(),
          e);
    }
  }

  private SortedMap<String, ActivationRange> observe(
      Observation observation, Predicate<String> wanted) throws OrtException {
    if (method instanceof RangeMethod.MovingAverage average) {
      return observation.extremes(wanted, average.weight());
    } else if (method instanceof RangeMethod.Percentile percentile) {
      return observation.histograms(
          wanted, percentile.bins(), histogram -> histogram.percentile(percentile.percent()));
    } else if (method instanceof RangeMethod.Entropy entropy) {
      return observation.histograms(
          wanted,
          entropy.bins(),
          histogram -> new EntropySearch(histogram, entropy.codes()).best());
    }
    return observation.extremes(wanted, Extremes.ALL);
  }

  /** No file that a graph names is opened before it is known to lie in the model's directory. */
  private static void requireInside(ModelProto model, ModelDirectory directory, Path graph)
      throws MalformedOnnxException {
    for (TensorProto tensor : model.getGraph().getInitializerList()) {
      if (TensorRange.isExternal(tensor)) {
        directory.file(graph.resolveSibling(""), TensorRange.of(tensor).location());
      }
    }
  }
}
