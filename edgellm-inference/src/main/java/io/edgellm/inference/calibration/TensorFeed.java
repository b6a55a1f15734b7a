package io.edgellm.inference.calibration;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import io.edgellm.inference.calibration.CalibrationException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/** The tensors of one sample in memory of the runtime, checked against what the graph takes. */
final class TensorFeed implements AutoCloseable {
  private final Map<String, OnnxTensor> tensors = new LinkedHashMap<>();

  private TensorFeed() {}

  /**
   * Makes them.
   *
   * @param number of the sample, from 1
   * @throws CalibrationException UNFIT_DATA if an input is missing or unknown, or has another type
   *     or shape
   */
  static TensorFeed of(
      OrtEnvironment environment,
      Map<String, TensorInfo> inputs,
      CalibrationSample.Tensors sample,
      int number)
      throws OrtException {
    for (String name : sample.inputs().keySet()) {
      if (!inputs.containsKey(name)) {
        throw unfit(
            name, number, "does not exist; the graph takes " + new TreeSet<>(inputs.keySet()));
      }
    }
    TensorFeed feed = new TensorFeed();
    try {
      for (Map.Entry<String, TensorInfo> input : inputs.entrySet()) {
        CalibrationTensor given = sample.inputs().get(input.getKey());
        if (given == null) {
          throw unfit(input.getKey(), number, "gets nothing; it takes " + text(input.getValue()));
        }
        requireFit(input.getKey(), input.getValue(), given, number);
        feed.tensors.put(input.getKey(), tensor(environment, given));
      }
      return feed;
    } catch (OrtException | RuntimeException e) {
      feed.close();
      throw e;
    }
  }

  Map<String, OnnxTensor> tensors() {
    return tensors;
  }

  private static void requireFit(
      String name, TensorInfo expected, CalibrationTensor given, int number) {
    long[] shape = expected.getShape();
    boolean fits = javaType(given) == expected.type && shape.length == given.shape().length;
    for (int i = 0; fits && i < shape.length; i++) {
      fits = shape[i] < 0 || shape[i] == given.shape()[i];
    }
    if (!fits) {
      throw unfit(name, number, "takes " + text(expected) + " and is given " + given);
    }
  }

  private static String text(TensorInfo expected) {
    return expected.type + " " + Arrays.toString(expected.getShape());
  }

  private static OnnxJavaType javaType(CalibrationTensor tensor) {
    return switch (tensor.type()) {
      case FLOAT -> OnnxJavaType.FLOAT;
      case INT64 -> OnnxJavaType.INT64;
      case INT32 -> OnnxJavaType.INT32;
      case BOOL -> OnnxJavaType.BOOL;
    };
  }

  /** Numbers are kept little-endian, and every platform of the runtime is. */
  private static OnnxTensor tensor(OrtEnvironment environment, CalibrationTensor given)
      throws OrtException {
    ByteBuffer bytes = given.bytes();
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.remaining()).order(ByteOrder.nativeOrder());
    direct.put(bytes).flip();
    return OnnxTensor.createTensor(environment, direct, given.shape(), javaType(given));
  }

  private static CalibrationException unfit(String input, int number, String what) {
    return new CalibrationException(
        Reason.UNFIT_DATA,
        "The input '" + input + "' " + what + " (sample " + number + ").",
        input);
  }

  @Override
  public void close() {
    tensors.values().forEach(OnnxTensor::close);
    tensors.clear();
  }
}
