package io.edgellm.inference.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with what {@code onnxruntime.quantization} 1.30.0 made of tables that Gather reads. */
class GatherGoldensTest {
  static Stream<Arguments> configurations() throws IOException {
    try (InputStream file = GatherGoldensTest.class.getResourceAsStream("gather-goldens.json")) {
      JsonNode goldens = new ObjectMapper().readTree(Objects.requireNonNull(file));
      List<Arguments> all = new ArrayList<>();
      for (JsonNode golden : goldens.get("configurations")) {
        BlockFormat format =
            new BlockFormat(
                4, golden.get("blockSize").asInt(), golden.get("symmetric").asBoolean());
        int columns = golden.get("columns").asInt();
        all.add(Arguments.of(golden.get("kind").asText(), columns, format, golden));
      }
      assertThat(all).hasSize(36);
      return all.stream();
    }
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("configurations")
  void makesTheSameNumbers(String kind, int columns, BlockFormat format, JsonNode golden)
      throws Exception {
    int rows = 23;
    TableQuantizer quantizer = new TableQuantizer(format, columns, rows);

    quantizer.quantize(table(kind, rows * columns), rows);

    ByteBuffer scales =
        ByteBuffer.allocate(quantizer.scales().length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    scales.asFloatBuffer().put(quantizer.scales());
    byte[] codes = unpacked(quantizer.codes(), rows, columns);
    assertThat(StoredModel.sha256(codes)).isEqualTo(golden.get("codes").asText());
    assertThat(StoredModel.sha256(scales.array())).isEqualTo(golden.get("scales").asText());
    if (!format.symmetric()) {
      byte[] zeroPoints = unpacked(quantizer.zeroPoints(), rows, format.blocks(columns));
      assertThat(StoredModel.sha256(zeroPoints)).isEqualTo(golden.get("zeroPoints").asText());
    }
  }

  /** The formulas of make_gather_goldens.py. */
  private static float[] table(String kind, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      long noise = (i * 2654435761L & 0xffffffffL) >> 8;
      float fraction = noise * 0x1p-24f;
      values[i] =
          switch (kind) {
            case "noise" -> fraction - 0.5f;
            case "ties" -> (noise % 33 - 16) * 0.25f;
            default -> i / 16 % 3 == 0 ? 0 : fraction;
          };
    }
    return values;
  }

  /** One code to a byte; rows are padded to whole bytes. */
  private static byte[] unpacked(byte[] packed, int rows, int columns) {
    byte[] codes = new byte[rows * columns];
    int rowBytes = packed.length / rows;
    for (int i = 0; i < codes.length; i++) {
      int column = i % columns;
      codes[i] = (byte) ((packed[i / columns * rowBytes + column / 2] >> (column % 2 * 4)) & 15);
    }
    return codes;
  }
}
