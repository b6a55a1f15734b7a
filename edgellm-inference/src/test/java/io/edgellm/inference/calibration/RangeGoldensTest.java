package io.edgellm.inference.calibration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with the ranges that {@code onnxruntime.quantization.calibrate} 1.30.0 finds. */
class RangeGoldensTest {
  static Stream<JsonNode> goldens() throws Exception {
    try (InputStream file = RangeGoldensTest.class.getResourceAsStream("ranges.json")) {
      List<JsonNode> goldens = new ArrayList<>();
      new ObjectMapper().readTree(Objects.requireNonNull(file)).forEach(goldens::add);
      assertThat(goldens).hasSize(44);
      return goldens.stream();
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void findsTheSameRangeToTheBit(JsonNode golden) {
    FloatBuffer numbers = numbers(golden);
    Histogram histogram = new Histogram(extremes(numbers), golden.get(5).asInt());
    histogram.add(numbers);

    ActivationRange found =
        golden.get(4).asText().equals("entropy")
            ? new EntropySearch(histogram, golden.get(6).asInt()).best()
            : histogram.percentile(golden.get(6).asDouble());

    assertThat(found)
        .isEqualTo(
            new ActivationRange(
                (float) golden.get(7).asDouble(), (float) golden.get(8).asDouble()));
  }

  /** The numbers of the generator beside the goldens. */
  private static FloatBuffer numbers(JsonNode golden) {
    FloatBuffer numbers = FloatBuffer.allocate(golden.get(0).asInt());
    for (long i = 1; i <= numbers.capacity(); i++) {
      double u = (i * 2654435761L % (1L << 32)) / (double) (1L << 32) - golden.get(1).asDouble();
      numbers.put((float) (u * u * u * golden.get(2).asDouble()));
    }
    double outlier = golden.get(3).asDouble();
    if (outlier != 0) {
      numbers.put(numbers.capacity() - 1, (float) outlier);
    }
    return numbers.flip();
  }

  private static ActivationRange extremes(FloatBuffer numbers) {
    ActivationRange range = new ActivationRange(numbers.get(0), numbers.get(0));
    for (int i = 1; i < numbers.limit(); i++) {
      range = range.and(new ActivationRange(numbers.get(i), numbers.get(i)));
    }
    return range;
  }
}
