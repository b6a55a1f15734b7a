package io.edgellm.inference.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class NativeMemoryReleaseTest {
  private static final int BYTES = 16 << 20;

  @Test
  void isZeroAndInNativeOrder() {
    try (NativeMemory memory = NativeMemory.allocate(4096)) {
      assertThat(memory.bytes().order()).isEqualTo(ByteOrder.nativeOrder());
      assertThat(memory.bytes().isDirect()).isTrue();
      for (int i = 0; i < 4096; i++) {
        assertThat(memory.bytes().get(i)).isZero();
      }
    }
  }

  @Test
  void isFreeAtOnce() {
    long before = directBytes();
    for (int i = 0; i < 8; i++) {
      try (NativeMemory memory = NativeMemory.allocate(BYTES)) {
        memory.bytes().put(i, (byte) 1);
      }
    }
    assertThat(directBytes() - before).isLessThan(BYTES);
  }

  /** What direct buffers hold that the collector has not freed; arenas are not part of it. */
  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
