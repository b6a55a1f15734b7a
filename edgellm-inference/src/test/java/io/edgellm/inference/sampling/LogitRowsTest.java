package io.edgellm.inference.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogitRowsTest {
  private static LogitRows of(float... logits) {
    LogitRows rows = new LogitRows(logits.length);
    rows.load(FloatBuffer.wrap(logits));
    return rows;
  }

  private static Set<Integer> atLeast(LogitRows rows, double lowest) {
    Shortlist list = new Shortlist(rows.size());
    rows.atLeast(lowest, list);
    Set<Integer> tokens = new TreeSet<>();
    for (int i = 0; i < list.size(); i++) {
      assertThat(list.key(i)).isEqualTo(rows.get(list.token(i)));
      tokens.add(list.token(i));
    }
    assertThat(tokens).hasSize(list.size());
    return tokens;
  }

  private static Set<Integer> searched(float[] logits, double lowest) {
    Set<Integer> tokens = new TreeSet<>();
    for (int i = 0; i < logits.length; i++) {
      if (logits[i] >= lowest && logits[i] > Float.NEGATIVE_INFINITY) {
        tokens.add(i);
      }
    }
    return tokens;
  }

  private static float largest(float[] logits) {
    float largest = Float.NEGATIVE_INFINITY;
    for (float logit : logits) {
      largest = Math.max(largest, logit);
    }
    return largest;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 200, 1023, 1024, 1025, 8192, 8193, 70_000, 151_936})
  void findsTheTokensAboveABoundWhileLogitsChange(int size) {
    Random random = new Random(size);
    float[] logits = RandomLogits.wild(random, size);
    LogitRows rows = of(logits);
    for (int round = 0; round < 20; round++) {
      double lowest = largest(logits) - random.nextDouble() * 4;
      assertThat(rows.largest()).as("seed %d", size).isEqualTo(largest(logits));
      assertThat(atLeast(rows, lowest)).as("seed %d", size).isEqualTo(searched(logits, lowest));
      for (int change = 0; change < 50; change++) {
        int token = random.nextInt(size);
        logits[token] = (float) (random.nextGaussian() * 5);
        rows.set(token, logits[token]);
      }
    }
    assertThat(atLeast(rows, Double.NEGATIVE_INFINITY))
        .isEqualTo(searched(logits, Double.NEGATIVE_INFINITY));
  }

  @Test
  void readsTheRowAtThePosition() {
    FloatBuffer buffer = FloatBuffer.wrap(new float[] {9, 9, 1, 2});
    buffer.position(2);
    LogitRows rows = new LogitRows(2);
    rows.load(buffer);
    assertThat(rows.largest()).isEqualTo(2);
    assertThat(rows.get(0)).isEqualTo(1);
  }

  @Test
  void noticesASingleLogitThatIsNoNumber() {
    for (int at : new int[] {0, 999, 1024, 2999}) {
      float[] logits = new float[3000];
      logits[at] = Float.NaN;
      assertThat(of(logits).largest()).as("at %d", at).isNaN();
    }
  }
}
