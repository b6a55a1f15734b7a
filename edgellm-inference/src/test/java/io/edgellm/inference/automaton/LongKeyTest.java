package io.edgellm.inference.automaton;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class LongKeyTest {
  @Test
  void upperHalvesOfNumbersSpreadTheHash() {
    long hashes =
        LongStream.range(0, 10_000)
            .mapToObj(i -> new LongKey(new long[] {i << 32, i << 32 | i}))
            .mapToInt(LongKey::hashCode)
            .distinct()
            .count();
    assertThat(hashes).isGreaterThan(9_900);
  }
}
