package io.edgellm.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ByteRangeTest {
  @Test
  void asksForAsMuchAsIsWanted() {
    assertThat(ByteRange.WHOLE.header()).isEmpty();
    assertThat(ByteRange.from(0)).isEqualTo(ByteRange.WHOLE);
    assertThat(ByteRange.from(7).header()).contains("bytes=7-");
    assertThat(new ByteRange(0, 1).header()).contains("bytes=0-0");
    assertThat(new ByteRange(5, 10).header()).contains("bytes=5-14");
  }

  @Test
  void refusesWhatIsNoPartOfAnyFile() {
    assertThatThrownBy(() -> ByteRange.from(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ByteRange(0, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ByteRange(Long.MAX_VALUE - 1, 2))
        .isInstanceOf(ArithmeticException.class);
  }
}
