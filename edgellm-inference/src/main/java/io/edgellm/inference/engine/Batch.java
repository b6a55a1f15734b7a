package io.edgellm.inference.engine;

import ai.onnxruntime.OrtException;
import io.edgellm.inference.graph.DecoderGraph;
import io.edgellm.inference.graph.RunInterrupt;
import io.edgellm.inference.graph.RunInterruptedException;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Sequences that read one token each in the same pass; used again for every pass. */
final class Batch {
  private final @Nullable Sequence[] sequences;
  private final int[] slots;
  private final int[] tokens;
  private final int[] lengths;
  private int count;

  Batch(int most) {
    this.sequences = new @Nullable Sequence[most];
    this.slots = new int[most];
    this.tokens = new int[most];
    this.lengths = new int[most];
  }

  /** Lets go of the requests, of which those end that were asked to, and is empty. */
  void letGo() {
    for (int i = 0; i < count; i++) {
      get(i).request().letGo();
    }
    clear();
  }

  void clear() {
    Arrays.fill(sequences, null);
    count = 0;
  }

  /** Takes a single sequence in place of all that it had. */
  void only(Sequence sequence, int read) {
    clear();
    add(sequence, read);
  }

  boolean isFull() {
    return count == slots.length;
  }

  /** Adds a sequence of which all tokens but the last one were read. */
  void add(Sequence sequence, int read) {
    sequences[count] = sequence;
    slots[count] = sequence.slot();
    tokens[count] = sequence.tokens()[read];
    lengths[count] = read;
    count++;
  }

  int size() {
    return count;
  }

  Sequence get(int i) {
    return Objects.requireNonNull(sequences[i]);
  }

  /** Runs the pass; where it does not come to its end, all sequences are as before. */
  FloatBuffer run(DecoderGraph graph, RunInterrupt interrupt)
      throws OrtException, RunInterruptedException {
    boolean done = false;
    try {
      FloatBuffer logits = graph.step(slots, tokens, count, interrupt);
      done = true;
      return logits;
    } finally {
      if (!done) {
        takeBack(graph);
      }
    }
  }

  /** Slots that lie apart may have had passes of their own. */
  private void takeBack(DecoderGraph graph) {
    for (int i = 0; i < count; i++) {
      if (graph.length(slots[i]) > lengths[i]) {
        graph.rewind(slots[i], lengths[i]);
      }
    }
  }
}
