package io.edgellm.benchmarks.synthetic;

/**
 * The size of a decoder of Llama's architecture with tied embeddings.
 *
 * @param name how people call it
 * @param layers decoder layers
 * @param hidden numbers per position between layers
 * @param heads query heads; {@code heads * headSize == hidden}
 * @param keyValueHeads heads of the cache, a divisor of {@code heads}
 * @param headSize numbers per head, even
 * @param intermediate numbers inside of a feed-forward layer
 * @param vocabulary tokens
 * @param context the longest sequence
 */
public record ModelShape(
    String name,
    int layers,
    int hidden,
    int heads,
    int keyValueHeads,
    int headSize,
    int intermediate,
    int vocabulary,
    int context) {

  /** Quantization works on blocks of so many weights of a row in both formats. */
  static final int BLOCK = 32;

  /** Refuses sizes that do not fit together. */
  public ModelShape {
    if (heads * headSize != hidden
        || heads % keyValueHeads != 0
        || headSize % 2 != 0
        || hidden % BLOCK != 0
        || intermediate % BLOCK != 0
        || vocabulary <= WordVocabulary.FIRST_WORD) {
      throw new IllegalArgumentException("These sizes make no decoder.");
    }
  }

  /** Returns the shape of Qwen2.5-0.5B without its biases: 494 million weights. */
  public static ModelShape halfBillion() {
    return new ModelShape("0.5b", 24, 896, 14, 2, 64, 4864, 151_936, 4096);
  }

  /** Returns the shape of Karpathy's stories15M: 15 million weights. */
  public static ModelShape fifteenMillion() {
    return new ModelShape("15m", 6, 288, 6, 6, 48, 768, 32_000, 2048);
  }

  /** Returns a shape of 0.2 million weights, for tests. */
  public static ModelShape tiny() {
    return new ModelShape("tiny", 2, 64, 4, 2, 16, 128, 2048, 1024);
  }

  /** Returns a shape of 5 million weights in four wide layers, most of them quantized. */
  public static ModelShape fourLayers() {
    return new ModelShape("4-layers", 4, 256, 4, 4, 64, 1024, 1024, 1024);
  }

  /**
   * Returns the shape with this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static ModelShape named(String name) {
    return switch (name) {
      case "0.5b" -> halfBillion();
      case "15m" -> fifteenMillion();
      case "tiny" -> tiny();
      case "4-layers" -> fourLayers();
      default ->
          throw new IllegalArgumentException(
              "There is no shape '" + name + "'; there are 0.5b, 15m, 4-layers and tiny.");
    };
  }

  int queryWidth() {
    return heads * headSize;
  }

  int keyValueWidth() {
    return keyValueHeads * headSize;
  }

  /**
   * Returns the weights that the matrix products of one token read: all matrices once, the tied one
   * as the head.
   */
  public long weightsPerToken() {
    long attention = (long) hidden * (2L * queryWidth() + 2L * keyValueWidth());
    long feedForward = 3L * hidden * intermediate;
    return layers * (attention + feedForward) + (long) hidden * vocabulary;
  }
}
