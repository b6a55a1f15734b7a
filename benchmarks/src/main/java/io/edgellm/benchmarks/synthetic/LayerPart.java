package io.edgellm.benchmarks.synthetic;

/** The matrices of a layer. */
enum LayerPart {
  QUERY(1),
  KEYS(2),
  VALUES(3),
  ATTENTION_OUTPUT(4),
  GATE(5),
  UP(6),
  DOWN(7);

  private final int number;

  LayerPart(int number) {
    this.number = number;
  }

  /** Returns what decides its weights. */
  int number() {
    return number;
  }
}
