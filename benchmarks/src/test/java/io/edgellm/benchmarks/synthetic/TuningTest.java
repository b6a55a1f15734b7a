package io.edgellm.benchmarks.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TuningTest {
  private static final ModelShape SHAPE = ModelShape.tiny();
  private static final DecoderWeights BASE = new DecoderWeights(SHAPE, 1);

  @Test
  void noiseMovesEveryMatrixByItsStrength() {
    DecoderWeights tuned = tuned(new FineTune.Noise(0.01));
    assertThat(distance(BASE.query(0), tuned.query(0))).isCloseTo(0.01, within(0.001));
    assertThat(distance(BASE.down(1), tuned.down(1))).isCloseTo(0.01, within(0.001));
    assertThat(distance(BASE.embedding(), tuned.embedding())).isZero();
  }

  @Test
  void aLowRankUpdateMovesQueriesAndValuesOnly() {
    DecoderWeights tuned = tuned(new FineTune.LowRank(8, 0.01));
    assertThat(distance(BASE.query(0), tuned.query(0))).isBetween(0.005, 0.02);
    assertThat(distance(BASE.values(1), tuned.values(1))).isBetween(0.005, 0.02);
    assertThat(distance(BASE.keys(0), tuned.keys(0))).isZero();
    assertThat(distance(BASE.up(0), tuned.up(0))).isZero();
  }

  @Test
  void aNewLayerHasNothingInCommonWithTheOldOne() {
    DecoderWeights tuned = tuned(new FineTune.NewLayer(1));
    assertThat(distance(BASE.gate(1), tuned.gate(1))).isCloseTo(Math.sqrt(2), within(0.05));
    assertThat(distance(BASE.gate(0), tuned.gate(0))).isZero();
  }

  private static DecoderWeights tuned(FineTune tune) {
    return new DecoderWeights(SHAPE, 1, new Tuning(tune));
  }

  /** The deviation of the difference, as a share of the weights'. */
  private static double distance(RandomMatrix before, RandomMatrix after) {
    double squares = 0;
    for (int row = 0; row < before.rows(); row++) {
      for (int column = 0; column < before.columns(); column++) {
        double difference = after.at(row, column) - before.at(row, column);
        squares += difference * difference;
      }
    }
    return Math.sqrt(squares / before.rows() / before.columns()) / before.deviation();
  }
}
