package io.edgellm.inference.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares with what the kernels of onnxruntime 1.30.0 make of odd matrices: one row or column, the
 * last block and the last byte not full, ties, zeros, denormals, ranges that overflow. {@code
 * make_block_goldens.py}, beside the goldens, says which unused bits are masked there.
 */
class BlockGoldensTest {
  static Stream<Arguments> cases() throws Exception {
    List<Arguments> all = new ArrayList<>();
    try (InputStream goldens = BlockGoldensTest.class.getResourceAsStream("block-goldens.json")) {
      long seed = 0;
      for (JsonNode golden : new ObjectMapper().readTree(goldens).get("cases")) {
        BlockFormat format =
            new BlockFormat(
                golden.get("bits").asInt(),
                golden.get("blockSize").asInt(),
                golden.get("symmetric").asBoolean());
        int rows = golden.get("rows").asInt();
        int columns = golden.get("columns").asInt();
        String fill = golden.get("fill").asText();
        all.add(Arguments.of(fill, rows, columns, format, seed++, golden));
      }
    }
    assertThat(all).hasSize(144);
    return all.stream();
  }

  @ParameterizedTest(name = "{0} {1} x {2}, {3}")
  @MethodSource("cases")
  void makesTheSameBitsOfOddMatrices(
      String fill, int rows, int columns, BlockFormat format, long seed, JsonNode golden)
      throws Exception {
    float[] values = DrawnMatrix.of(fill, seed, rows, columns);

    QuantizedMatrix matrix =
        DrawnMatrix.feed(
            new BlockQuantizer(format, new RangeScales(format), rows, columns),
            format.blockSize(),
            values,
            rows,
            columns);

    assertThat(StoredModel.sha256(bytes(matrix.scales()))).isEqualTo(golden.get("scales").asText());
    assertThat(StoredModel.sha256(matrix.zeroPoints()))
        .isEqualTo(golden.get("zeroPoints").asText());
    assertThat(StoredModel.sha256(matrix.packed())).isEqualTo(golden.get("packed").asText());
  }

  static byte[] bytes(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }
}
