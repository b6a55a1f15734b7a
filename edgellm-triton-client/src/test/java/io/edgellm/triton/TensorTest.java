package io.edgellm.triton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorTest {

  @Test
  void laysNumbersOutInLittleEndian() {
    assertThat(Tensor.ofInts(new int[] {1, -2}, 2).data())
        .isEqualTo(ByteBuffer.wrap(new byte[] {1, 0, 0, 0, -2, -1, -1, -1}));
    assertThat(Tensor.ofLongs(new long[] {258}, 1).data())
        .isEqualTo(ByteBuffer.wrap(new byte[] {2, 1, 0, 0, 0, 0, 0, 0}));
  }

  @Test
  void givesBackWhatItWasMadeOf() {
    assertThat(Tensor.ofFloats(new float[] {1.5f, -2f}, 1, 2).toFloats()).containsExactly(1.5f, -2);
    assertThat(Tensor.ofDoubles(new double[] {1e300}, 1).toDoubles()).containsExactly(1e300);
    assertThat(Tensor.ofInts(new int[] {7, 8}, 2, 1).toInts()).containsExactly(7, 8);
    assertThat(Tensor.ofLongs(new long[] {Long.MIN_VALUE}, 1).toLongs())
        .containsExactly(Long.MIN_VALUE);
    assertThat(Tensor.ofStrings(List.of("héllo", ""), 2).toStrings()).containsExactly("héllo", "");
    assertThat(Tensor.ofBytes(List.of(new byte[] {-1, 0}), 1).toBytes())
        .containsExactly(new byte[] {-1, 0});
  }

  @Test
  void readsABufferFromItsPositionWhateverItsByteOrder() {
    ByteBuffer buffer = ByteBuffer.allocate(6).order(ByteOrder.BIG_ENDIAN).position(4);
    buffer.put(new byte[] {0, 60}).position(4);
    Tensor half = Tensor.of(DataType.FP16, buffer, 1);
    assertThat(half.data().getShort()).isEqualTo((short) 0x3C00);
    assertThat(buffer.remaining()).isEqualTo(2);
  }

  @Test
  void takesShapesWithoutElementsAndWithoutDimensions() {
    assertThat(Tensor.ofFloats(new float[0], 1, 0).toFloats()).isEmpty();
    assertThat(Tensor.ofFloats(new float[] {3}).shape()).isEmpty();
  }

  @Test
  void refusesShapesThatDoNotFit() {
    refuses(() -> Tensor.ofFloats(new float[] {1, 2}, 3));
    refuses(() -> Tensor.ofFloats(new float[] {1}, -1));
    refuses(() -> Tensor.ofFloats(new float[] {}, 1L << 32, 1L << 32));
    refuses(() -> Tensor.ofFloats(new float[] {}, 1L << 62, 2));
    refuses(() -> Tensor.of(DataType.FP32, ByteBuffer.allocate(5), 1));
    refuses(() -> Tensor.ofStrings(List.of("a"), 2));
  }

  @Test
  void refusesByteStringsThatEndEarly() {
    refuses(() -> Tensor.of(DataType.BYTES, ByteBuffer.wrap(new byte[] {5, 0, 0, 0, 1}), 1));
    refuses(() -> Tensor.of(DataType.BYTES, ByteBuffer.wrap(new byte[] {0, 0, 0}), 1));
    refuses(() -> Tensor.of(DataType.BYTES, ByteBuffer.wrap(new byte[] {-1, -1, -1, -1}), 1));
  }

  @Test
  void refusesToReadAnotherType() {
    refuses(() -> Tensor.ofFloats(new float[] {1}, 1).toInts());
    refuses(() -> Tensor.of(DataType.UINT32, ByteBuffer.allocate(4), 1).toInts());
  }

  private static void refuses(Runnable making) {
    assertThatExceptionOfType(TritonException.class)
        .isThrownBy(making::run)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(TritonException.Reason.INVALID_REQUEST));
  }
}
