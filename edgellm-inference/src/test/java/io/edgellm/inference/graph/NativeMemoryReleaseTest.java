package io.edgellm.inference.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class NativeMemoryReleaseTest {
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

  /** 100 GB in all: only memory that is free at once can be had so often. */
  @Test
  void isFreeAtOnce() {
    for (int i = 0; i < 400; i++) {
      try (NativeMemory memory = NativeMemory.allocate(256 << 20)) {
        memory.bytes().put(i, (byte) 1);
      }
    }
  }
}
