package io.edgellm.inference.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CharsmapTest {
  private static final byte[] SOUND =
      Base64.getDecoder().decode(PrecompiledCharsmap.of(Map.of("ﬁ", "fi", "①", "é")));

  @Test
  void isSoundAsWritten() {
    assertThat(isSound(SOUND)).isTrue();
  }

  @Test
  void isNotSoundWithoutItsEnd() {
    for (int length = 0; length < SOUND.length - 8; length += 97) {
      assertThat(isSound(Arrays.copyOf(SOUND, length))).as("%d bytes", length).isFalse();
    }
  }

  @Test
  void isNotSoundIfItLeadsOutOfTheTrie() {
    byte[] damaged = SOUND.clone();
    ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN).putInt(4, 1 << 30);
    assertThat(isSound(damaged)).isFalse();
  }

  @Test
  void isNotSoundIfAReplacementBeginsWithinACharacter() {
    byte[] damaged = SOUND.clone();
    damaged[damaged.length - 3] = (byte) 0xA9;
    damaged[damaged.length - 2] = (byte) 0xA9;
    assertThat(isSound(damaged)).isFalse();
  }

  @Test
  void isNotSoundIfItIsNotBase64() {
    assertThat(Charsmap.isSound("[(*")).isFalse();
    assertThat(Charsmap.isSound("")).isFalse();
  }

  private static boolean isSound(byte[] blob) {
    return Charsmap.isSound(Base64.getEncoder().encodeToString(blob));
  }
}
