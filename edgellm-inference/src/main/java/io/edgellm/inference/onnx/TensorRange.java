package io.edgellm.inference.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;

/**
 * Where the bytes of a tensor lie.
 *
 * @param location a file, relative to the directory of the graph
 * @param offset of the first byte
 * @param length bytes, or {@link #TO_END}
 */
public record TensorRange(String location, long offset, long length) {
  /** The length that ONNX means where none is given. */
  public static final long TO_END = -1;

  /** Returns whether a tensor has its bytes in a file. */
  public static boolean isExternal(TensorProto tensor) {
    return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
  }

  /**
   * Reads where an external tensor lies.
   *
   * @throws MalformedOnnxException if it does not say so
   */
  public static TensorRange of(TensorProto tensor) throws MalformedOnnxException {
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
      throw new MalformedOnnxException("An external tensor names no file.", tensor.getName(), null);
    }
    return new TensorRange(location, offset, length);
  }

  /** Makes a tensor external, at this range. */
  public void describe(TensorProto.Builder tensor) {
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

  private static long number(TensorProto tensor, StringStringEntryProto entry)
      throws MalformedOnnxException {
    try {
      long value = Long.parseLong(entry.getValue());
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // refused below, like a negative number
    }
    throw new MalformedOnnxException(
        "The " + entry.getKey() + " of an external tensor is not a number: " + entry.getValue(),
        tensor.getName(),
        null);
  }
}
