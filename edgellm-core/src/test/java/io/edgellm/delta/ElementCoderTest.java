package io.edgellm.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Decoding is the same walk as encoding, and costs are what is written. */
class ElementCoderTest {
  private static final long SEED = 20_261_124;

  @ParameterizedTest
  @EnumSource
  void decodesWhatWasCodedBesideOldBytes(ElementKind kind) {
    for (int i = 0; i < 60; i++) {
      Random random = new Random(SEED + i);
      byte[] old = bytes(random, random.nextInt(5000));
      byte[] fresh = changed(random, old);
      RangeEncoder encoder = new RangeEncoder();
      new ModelSet().of(kind).code(encoder, old, 0, fresh.clone(), 0, old.length);
      byte[] coded = encoder.finish();
      byte[] made = new byte[old.length];
      if (old.length > 0) {
        RangeDecoder decoder = new RangeDecoder(coded, 0, coded.length);
        new ModelSet().of(kind).code(decoder, old, 0, made, 0, old.length);
        assertThat(decoder.isAtEnd()).as("seed %d", SEED + i).isTrue();
      }
      assertThat(made).as("seed %d", SEED + i).isEqualTo(fresh);
    }
  }

  @ParameterizedTest
  @EnumSource
  void decodesWhatWasCodedAlone(ElementKind kind) {
    for (int i = 0; i < 60; i++) {
      Random random = new Random(SEED + i);
      byte[] fresh = bytes(random, 1 + random.nextInt(5000));
      RangeEncoder encoder = new RangeEncoder();
      new ModelSet().of(kind).codeFresh(encoder, fresh.clone(), 0, fresh.length);
      byte[] coded = encoder.finish();
      byte[] made = new byte[fresh.length];
      RangeDecoder decoder = new RangeDecoder(coded, 0, coded.length);
      new ModelSet().of(kind).codeFresh(decoder, made, 0, made.length);
      assertThat(decoder.isAtEnd()).as("seed %d", SEED + i).isTrue();
      assertThat(made).as("seed %d", SEED + i).isEqualTo(fresh);
    }
  }

  @ParameterizedTest
  @EnumSource
  void countsTheBitsThatAreWritten(ElementKind kind) {
    Random random = new Random(SEED);
    byte[] old = bytes(random, 100_000);
    byte[] fresh = changed(random, old);
    RangeEncoder encoder = new RangeEncoder();
    CostCounter counter = new CostCounter();
    new ModelSet().of(kind).code(encoder, old, 0, fresh, 0, old.length);
    new ModelSet().of(kind).code(counter, old, 0, fresh, 0, old.length);
    double counted = counter.units() / 8.0 / CostCounter.UNITS_PER_BIT;
    assertThat(counted / encoder.finish().length).isBetween(0.97, 1.03);
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** A few steps, some other bytes, extremes, or nothing. */
  private static byte[] changed(Random random, byte[] old) {
    byte[] fresh = old.clone();
    int every = 1 + random.nextInt(60);
    for (int i = random.nextInt(every); i < fresh.length; i += every) {
      switch (random.nextInt(4)) {
        case 0 -> fresh[i] = (byte) random.nextInt();
        case 1 -> Arrays.fill(fresh, i, Math.min(fresh.length, i + 8), (byte) 0x80);
        default -> fresh[i]++;
      }
    }
    return fresh;
  }
}
