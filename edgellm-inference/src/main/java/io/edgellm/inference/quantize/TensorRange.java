package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.quantize.QuantizationException.Reason;

/**
 * Where the bytes of a tensor lie.
 *
 * @param location a file, relative to the directory of the graph
 * @param offset of the first byte
 * @param length bytes, or {@link #TO_END}
 */
record TensorRange(String location, long offset, long length) {
  /** The length that ONNX means where none is given. */
  static final long TO_END = -1;

  static boolean isExternal(TensorProto tensor) {
    return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
  }

  static TensorRange of(TensorProto tensor) {
    String location = "";
    long offset = 0;
    long length = TO_END;
    for (StringStringEntryProto entry : tensor.getExternalDataList()) {
      switch (entry.getKey()) {
        case "location" -> location = entry.getValue();
        case "offset" -> offset = number(tensor, entry);
        case "length" -> length = number(tensor, entry);
        default -> {} // such as the checksum, which nobody reads
      }
    }
    if (location.isEmpty()) {
      throw new QuantizationException(
          Reason.MALFORMED_MODEL, "An external tensor names no file.", tensor.getName());
    }
    return new TensorRange(location, offset, length);
  }

  /** Makes a tensor external, at this range. */
  void describe(TensorProto.Builder tensor) {
    tensor
        .clearRawData()
        .clearExternalData()
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", location))
        .addExternalData(entry("offset", Long.toString(offset)))
        .addExternalData(entry("length", Long.toString(length)));
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private static long number(TensorProto tensor, StringStringEntryProto entry) {
    try {
      long value = Long.parseLong(entry.getValue());
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // refused below, like a negative number
    }
    throw new QuantizationException(
        Reason.MALFORMED_MODEL,
        "The " + entry.getKey() + " of an external tensor is not a number: " + entry.getValue(),
        tensor.getName());
  }
}
