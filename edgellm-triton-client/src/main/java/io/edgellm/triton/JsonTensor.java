package io.edgellm.triton;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;

/**
 * Tensor data that came as JSON, flat or nested as the shape is, in the bytes that the binary form
 * would have had.
 */
final class JsonTensor {
  private static final BigInteger UINT64_MAX =
      BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

  private final DataType type;
  private final Fields output;
  private final Charset charset;

  private JsonTensor(DataType type, Fields output, Charset charset) {
    this.type = type;
    this.output = output;
    this.charset = charset;
  }

  static ByteBuffer bytes(DataType type, Fields output, Charset charset) {
    JsonNode data = output.object().path("data");
    if (!data.isArray()) {
      throw output.wrong("data", "a list");
    }
    List<JsonNode> elements = new ArrayList<>();
    flatten(data, elements);
    JsonTensor tensor = new JsonTensor(type, output, charset);
    return type == DataType.BYTES ? tensor.strings(elements) : tensor.numbers(elements);
  }

  private static void flatten(JsonNode data, List<JsonNode> elements) {
    for (JsonNode element : data) {
      if (element.isArray()) {
        flatten(element, elements);
      } else {
        elements.add(element);
      }
    }
  }

  private ByteBuffer strings(List<JsonNode> elements) {
    List<byte[]> strings = new ArrayList<>(elements.size());
    for (JsonNode element : elements) {
      if (!element.isTextual() || !charset.newEncoder().canEncode(element.textValue())) {
        throw output.wrong("data", "strings");
      }
      strings.add(element.textValue().getBytes(charset));
    }
    return Tensor.lengthPrefixed(strings);
  }

  private ByteBuffer numbers(List<JsonNode> elements) {
    ByteBuffer data =
        ByteBuffer.allocate(Math.multiplyExact(elements.size(), type.elementBytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (JsonNode element : elements) {
      put(element, data);
    }
    return data.flip();
  }

  private void put(JsonNode element, ByteBuffer data) {
    switch (type) {
      case BOOL -> data.put((byte) (flag(element) ? 1 : 0));
      case UINT8 -> data.put((byte) whole(element, 0, 0xFF));
      case INT8 -> data.put((byte) whole(element, Byte.MIN_VALUE, Byte.MAX_VALUE));
      case UINT16 -> data.putShort((short) whole(element, 0, 0xFFFF));
      case INT16 -> data.putShort((short) whole(element, Short.MIN_VALUE, Short.MAX_VALUE));
      case UINT32 -> data.putInt((int) whole(element, 0, 0xFFFF_FFFFL));
      case INT32 -> data.putInt((int) whole(element, Integer.MIN_VALUE, Integer.MAX_VALUE));
      case INT64 -> data.putLong(whole(element, Long.MIN_VALUE, Long.MAX_VALUE));
      case UINT64 -> data.putLong(unsigned(element));
      case FP32 -> data.putFloat((float) real(element));
      case FP64 -> data.putDouble(real(element));
      case FP16, BF16, BYTES -> throw output.wrong("data", "binary data for " + type);
    }
  }

  private boolean flag(JsonNode element) {
    if (!element.isBoolean()) {
      throw output.wrong("data", "flags");
    }
    return element.booleanValue();
  }

  private long whole(JsonNode element, long least, long most) {
    if (element.isIntegralNumber() && element.canConvertToLong()) {
      long value = element.longValue();
      if (value >= least && value <= most) {
        return value;
      }
    }
    throw output.wrong("data", "values of " + type);
  }

  private long unsigned(JsonNode element) {
    if (!element.isIntegralNumber()
        || element.bigIntegerValue().signum() < 0
        || element.bigIntegerValue().compareTo(UINT64_MAX) > 0) {
      throw output.wrong("data", "values of " + type);
    }
    return element.bigIntegerValue().longValue();
  }

  private double real(JsonNode element) {
    if (!element.isNumber()) {
      throw output.wrong("data", "numbers");
    }
    return element.doubleValue();
  }
}
