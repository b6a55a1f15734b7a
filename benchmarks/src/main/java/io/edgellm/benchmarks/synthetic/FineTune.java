package io.edgellm.benchmarks.synthetic;

/** What a fine-tune did to the matrices of the layers; embedding, head and norms stay. */
public sealed interface FineTune {

  /** Nothing. */
  record None() implements FineTune {}

  /**
   * Every weight moved by normal noise.
   *
   * @param strength the noise's deviation, as a share of the weights'
   */
  record Noise(double strength) implements FineTune {}

  /**
   * A low-rank update of queries and values (LoRA; Hu et al. 2021), merged.
   *
   * @param rank of the update
   * @param strength the update's deviation, as a share of the weights'
   */
  record LowRank(int rank, double strength) implements FineTune {}

  /**
   * One layer was trained anew.
   *
   * @param layer which
   */
  record NewLayer(int layer) implements FineTune {}
}
