package io.edgellm.inference.calibration;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** One thing that a model is run on. */
public sealed interface CalibrationSample {

  /**
   * A text for the model's own tokenizer. Control tokens in it count, as in a chat that the model's
   * template has written; what the model expects in front of a bare text is put there unless the
   * text begins with a control token.
   *
   * @param text the characters
   */
  record Text(String text) implements CalibrationSample {
    /** Refuses null. */
    public Text {
      Objects.requireNonNull(text);
    }
  }

  /** A sequence of tokens; immutable. */
  final class Tokens implements CalibrationSample {
    private final int[] tokens;

    /**
     * @param tokens the ids, those in front of a text included
     */
    public Tokens(int... tokens) {
      this.tokens = tokens.clone();
    }

    /** Returns a copy of the ids. */
    public int[] tokens() {
      return tokens.clone();
    }
  }

  /**
   * Every input of a graph, by name.
   *
   * @param inputs the tensors
   */
  record Tensors(SortedMap<String, CalibrationTensor> inputs) implements CalibrationSample {
    /** Copies the map. */
    public Tensors {
      inputs = Collections.unmodifiableSortedMap(new TreeMap<>(inputs));
    }

    /**
     * @param inputs the tensors by the names of the inputs
     */
    public Tensors(Map<String, CalibrationTensor> inputs) {
      this(new TreeMap<>(inputs));
    }
  }
}
