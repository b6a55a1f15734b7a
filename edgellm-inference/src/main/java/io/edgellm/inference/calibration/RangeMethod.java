package io.edgellm.inference.calibration;

import io.edgellm.inference.calibration.CalibrationException.Reason;

/**
 * How a range comes from the numbers that were seen. What lies outside of a range is cut off later,
 * and a wide range leaves coarser steps for the rest.
 *
 * <p>The methods are those of {@code onnxruntime.quantization.calibrate}, and give its ranges.
 */
public sealed interface RangeMethod {

  /** Returns a word for manifests and reports, with the settings. */
  String label();

  /** The least and the greatest number: nothing is cut off. */
  record MinMax() implements RangeMethod {
    @Override
    public String label() {
      return "min-max";
    }
  }

  /**
   * The least and the greatest number of each sample, averaged: {@code r += weight * (new - r)}. A
   * single odd sample counts less.
   *
   * @param weight of a new sample, more than 0 and at most 1; onnxruntime takes 0.01
   */
  record MovingAverage(double weight) implements RangeMethod {
    /**
     * @throws CalibrationException INVALID_DATA if there is no such weight
     */
    public MovingAverage {
      require(weight > 0 && weight <= 1, "The weight of a new sample is from 0 to 1", weight);
    }

    @Override
    public String label() {
      return "moving-average-" + weight;
    }
  }

  /**
   * All but the outermost numbers.
   *
   * @param percent of the numbers that stay inside, half of the rest is cut off at each end;
   *     onnxruntime takes 99.999
   * @param bins of the histogram, from minus to plus the largest magnitude; onnxruntime takes 2048
   */
  record Percentile(double percent, int bins) implements RangeMethod {
    /**
     * @throws CalibrationException INVALID_DATA if there is no such percentage or number
     */
    public Percentile {
      require(percent > 0 && percent <= 100, "A percentage is from 0 to 100", percent);
      requireBins(bins);
    }

    @Override
    public String label() {
      return "percentile-" + percent + "-" + bins;
    }
  }

  /**
   * The range whose coarse histogram is closest to the fine one by the Kullback-Leibler divergence
   * (Migacz, "8-bit inference with TensorRT", 2017). Made for image networks; in decoders it cuts
   * off the few large activations that everything hangs on.
   *
   * @param bins of the histogram, from minus to plus the largest magnitude. Searched are ranges of
   *     {@code codes} bins and more: with 128, which onnxruntime takes, there is nothing to search;
   *     2048 are enough
   * @param codes steps of the coarse histogram; onnxruntime takes 128
   */
  record Entropy(int bins, int codes) implements RangeMethod {
    /**
     * @throws CalibrationException INVALID_DATA if there are no such numbers
     */
    public Entropy {
      requireBins(bins);
      require(codes >= 2 && codes <= bins, "There are from 2 steps to as many as bins", codes);
    }

    @Override
    public String label() {
      return "entropy-" + bins + "-" + codes;
    }
  }

  private static void requireBins(int bins) {
    require(bins >= 2 && bins <= 1 << 20, "A histogram has from 2 to 1048576 bins", bins);
  }

  private static void require(boolean holds, String rule, Number given) {
    if (!holds) {
      throw new CalibrationException(Reason.INVALID_DATA, rule + ", not " + given + ".", null);
    }
  }
}
