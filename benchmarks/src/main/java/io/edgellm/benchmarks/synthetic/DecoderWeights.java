package io.edgellm.benchmarks.synthetic;

/**
 * The weights of a model by their part, as PyTorch would hold them: a row per output.
 *
 * <p>Layers keep the size of what goes through them and the embedding is small beside them, so that
 * what comes out depends on attention to all positions and not on the last token alone. The rows of
 * the tokens that are no words are close to 0: such a token, the end of an answer above all, is
 * never the most likely one.
 */
record DecoderWeights(ModelShape shape, long seed, Tuning tuning) {
  private static final int PARTS_PER_LAYER = 16;

  /** The norms' scales, all of them 1; that of the squares' mean is kept off 0 by this. */
  static final float NORM_EPSILON = 1e-5f;

  /** The base of the rotary embedding's wave lengths. */
  static final float ROPE_BASE = 10_000;

  DecoderWeights(ModelShape shape, long seed) {
    this(shape, seed, new Tuning(new FineTune.None()));
  }

  RandomMatrix embedding() {
    return new RandomMatrix(
        key(0),
        shape.vocabulary(),
        shape.hidden(),
        (float) (1 / Math.sqrt(shape.hidden())),
        WordVocabulary.FIRST_WORD);
  }

  RandomMatrix query(int layer) {
    return matrix(layer, LayerPart.QUERY, shape.queryWidth(), shape.hidden());
  }

  RandomMatrix keys(int layer) {
    return matrix(layer, LayerPart.KEYS, shape.keyValueWidth(), shape.hidden());
  }

  RandomMatrix values(int layer) {
    return matrix(layer, LayerPart.VALUES, shape.keyValueWidth(), shape.hidden());
  }

  RandomMatrix attentionOutput(int layer) {
    return matrix(layer, LayerPart.ATTENTION_OUTPUT, shape.hidden(), shape.queryWidth());
  }

  RandomMatrix gate(int layer) {
    return matrix(layer, LayerPart.GATE, shape.intermediate(), shape.hidden());
  }

  RandomMatrix up(int layer) {
    return matrix(layer, LayerPart.UP, shape.intermediate(), shape.hidden());
  }

  RandomMatrix down(int layer) {
    return matrix(layer, LayerPart.DOWN, shape.hidden(), shape.intermediate());
  }

  private RandomMatrix matrix(int layer, LayerPart part, int rows, int columns) {
    long key = key(PARTS_PER_LAYER * (layer + 1) + part.number());
    return tuning.applied(RandomMatrix.keepingScale(key, rows, columns), layer, part);
  }

  private long key(int matrix) {
    return RandomMatrix.mix(RandomMatrix.mix(seed) + matrix);
  }
}
