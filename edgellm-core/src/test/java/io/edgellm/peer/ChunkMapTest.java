package io.edgellm.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ChunkMapTest {
  private static BitSet bits(Random random, int count) {
    BitSet bits = new BitSet();
    for (int i = 0; i < count; i++) {
      bits.set(i, random.nextBoolean());
    }
    return bits;
  }

  @Test
  void whatIsWrittenIsRead() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      int chunks = random.nextInt(100);
      ChunkMap map =
          new ChunkMap(
              NodeId.random(random),
              chunks,
              random.nextBoolean(),
              random.nextBoolean(),
              bits(random, chunks),
              bits(random, chunks));

      assertThat(ChunkMap.decode(ByteBuffer.wrap(map.encode()), chunks))
          .as("seed %d", seed)
          .contains(map);
    }
  }

  @Test
  void theBytesAreThoseOfTheDocumentation() {
    BitSet have = new BitSet();
    have.set(0);
    have.set(9);
    BitSet claimed = new BitSet();
    claimed.set(3);
    NodeId node = new NodeId("000102030405060708090a0b0c0d0e0f");

    byte[] map = new ChunkMap(node, 10, true, true, have, claimed).encode();

    assertThat(HexFormat.of().formatHex(map))
        .isEqualTo(
            "45444c42"
                + "01"
                + "03"
                + "0000"
                + "0000000a"
                + "00000000"
                + "000102030405060708090a0b0c0d0e0f"
                + "0102"
                + "0800");
  }

  @Test
  void whatIsNoMapOfTheFileIsRefused() {
    byte[] right =
        new ChunkMap(NodeId.random(new Random(1)), 10, true, false, new BitSet(), new BitSet())
            .encode();
    for (int bit : new int[] {0, 39, 42, 50, 70, 100, 33 * 8 + 2, 35 * 8 + 7}) {
      byte[] wrong = right.clone();
      wrong[bit / 8] = (byte) (wrong[bit / 8] ^ (1 << (bit % 8)));
      assertThat(ChunkMap.decode(ByteBuffer.wrap(wrong), 10)).as("bit %d", bit).isEmpty();
    }
    assertThat(ChunkMap.decode(ByteBuffer.wrap(right), 9)).isEmpty();
    assertThat(ChunkMap.decode(ByteBuffer.wrap(new byte[0]), 10)).isEmpty();
  }
}
