package io.edgellm.inference.quantize;

/** What a graph does with a constant matrix. */
enum WeightUse {
  /** Multiplies activations by it: the second input of MatMul. */
  PRODUCT,
  /** Looks tokens up in its rows: the first input of Gather. */
  TABLE,
  /** Both, of a model that ties its head to its embedding; the matrix is that of the product. */
  TIED
}
