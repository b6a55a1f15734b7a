package io.edgellm.benchmarks.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class RandomMatrixTest {
  private static final RandomMatrix MATRIX = new RandomMatrix(5, 200, 300, 0.5f, 10);

  @Test
  void weightsHaveTheDeviationThatWasAskedFor() {
    double sum = 0;
    double squares = 0;
    int count = 0;
    for (int row = 10; row < MATRIX.rows(); row++) {
      for (int column = 0; column < MATRIX.columns(); column++) {
        double weight = MATRIX.at(row, column);
        sum += weight;
        squares += weight * weight;
        count++;
      }
    }
    assertThat(sum / count).isCloseTo(0, within(0.01));
    assertThat(Math.sqrt(squares / count)).isCloseTo(0.5, within(0.01));
  }

  @Test
  void quietRowsAreAThousandthAsLarge() {
    RandomMatrix loud = new RandomMatrix(5, 200, 300, 0.5f, 0);

    assertThat(MATRIX.at(9, 7)).isEqualTo(loud.at(9, 7) * 0.001f);
    assertThat(MATRIX.at(10, 7)).isEqualTo(loud.at(10, 7));
  }

  @Test
  void stackedMatricesAreTheirColumnsBesideEachOther() {
    RandomMatrix first = RandomMatrix.keepingScale(1, 3, 4);
    RandomMatrix second = RandomMatrix.keepingScale(2, 2, 4);
    StackedWeights stacked = new StackedWeights(first, second);
    FloatBuffer whole = FloatBuffer.allocate(20);
    stacked.fill(0, whole);

    for (int input = 0; input < 4; input++) {
      for (int output = 0; output < 5; output++) {
        float expected = output < 3 ? first.at(output, input) : second.at(output - 3, input);
        assertThat(whole.get(input * 5 + output)).isEqualTo(expected);
      }
    }
  }

  @Test
  void aPieceOfAStackIsThatPieceOfTheWhole() {
    StackedWeights stacked =
        new StackedWeights(RandomMatrix.keepingScale(1, 3, 4), RandomMatrix.keepingScale(2, 2, 4));
    FloatBuffer whole = FloatBuffer.allocate(20);
    stacked.fill(0, whole);

    for (int start = 0; start < 20; start++) {
      for (int length = 0; start + length <= 20; length++) {
        FloatBuffer piece = FloatBuffer.allocate(length);
        stacked.fill(start, piece);
        assertThat(piece.flip()).isEqualTo(whole.slice(start, length));
      }
    }
  }
}
