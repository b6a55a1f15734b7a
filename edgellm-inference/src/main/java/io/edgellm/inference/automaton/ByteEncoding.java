package io.edgellm.inference.automaton;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns an automaton over code points into one over the bytes of UTF-8. A state of the former is a
 * state here; between two of them, states for the bytes of a character are made from the last byte
 * to the first, and equal ones are shared (as RE2 and the crate utf8-ranges build their suffixes).
 *
 * <p>The result is minimal for UTF-8, without being minimized: the states over code points accept
 * different rests, those inside of a character are distinct by construction, and a state inside of
 * a character goes on with a continuation byte, which no other state does. Escapes of JSON may
 * leave a few states that accept the same rest as another one.
 */
final class ByteEncoding {
  private static final int BITS = 6;
  private static final int CONTINUATION = 0x80;
  private static final int CONTINUATIONS = 64;

  private final Alphabet alphabet;
  private final Effort effort = Effort.ofAnOperation();
  private final List<ByteRow> rows = new ArrayList<>();
  private final Map<ByteRow, Integer> inner = new HashMap<>();
  private final Map<Long, Integer> uniform = new HashMap<>();

  /** The intervals of the alphabet, and where the state in question goes with them. */
  private final int[] starts;

  private final int[] targets;

  private ByteEncoding(Alphabet alphabet) {
    this.alphabet = alphabet;
    this.starts = new int[alphabet.intervals()];
    this.targets = new int[alphabet.intervals()];
    Arrays.setAll(starts, alphabet::first);
  }

  static ByteAutomaton automaton(Alphabet alphabet, Dfa dfa, Spelling spelling) {
    return new ByteEncoding(alphabet).automaton(dfa, spelling);
  }

  private ByteAutomaton automaton(Dfa dfa, Spelling spelling) {
    ByteRow none = new ByteRow.Builder().build();
    BitSet accepting = new BitSet();
    for (int state = 0; state < dfa.states(); state++) {
      rows.add(none);
      accepting.set(state, dfa.accepts(state));
    }
    for (int state = 0; state < dfa.states(); state++) {
      aim(dfa, state);
      ByteRow.Builder row = new ByteRow.Builder();
      spelling.ascii(this, row);
      addLeads(row, 0xC2, 0xDF, 1, 0x80);
      addLeads(row, 0xE0, 0xEF, 2, 0x800);
      addLeads(row, 0xF0, 0xF4, 3, 0x10000);
      rows.set(state, row.build());
    }
    return ByteTables.packed(rows, accepting);
  }

  private void aim(Dfa dfa, int state) {
    effort.spend(targets.length);
    int[] byLabel = new int[alphabet.size()];
    Arrays.fill(byLabel, Dfa.NONE);
    for (int edge = dfa.firstEdge(state); edge < dfa.endEdge(state); edge++) {
      byLabel[dfa.label(edge)] = dfa.target(edge);
    }
    for (int i = 0; i < targets.length; i++) {
      int label = alphabet.classOfInterval(i);
      targets[i] = label == Alphabet.NO_CLASS ? Dfa.NONE : byLabel[label];
    }
  }

  /** Where the state in question goes with a code point, or {@link Dfa#NONE}. */
  int target(int codePoint) {
    return targets[interval(codePoint)];
  }

  private int interval(int codePoint) {
    int place = Arrays.binarySearch(starts, codePoint);
    return place >= 0 ? place : -place - 2;
  }

  /** A state for a row, the same for equal rows. */
  int state(ByteRow row) {
    Integer known = inner.get(row);
    if (known == null) {
      known = rows.size();
      rows.add(row);
      inner.put(row, known);
      effort.checkByteStates(rows.size());
    }
    return known;
  }

  /**
   * Adds the first bytes of characters of several bytes.
   *
   * @param follow how many bytes follow
   * @param least the first code point that takes so many bytes
   */
  private void addLeads(ByteRow.Builder row, int first, int last, int follow, int least) {
    int mask = (1 << (BITS - follow)) - 1;
    for (int lead = first; lead <= last; lead++) {
      int from = (lead & mask) << (BITS * follow);
      row.add(lead, block(from, follow, least));
    }
  }

  /** The state that reads the last bytes of the code points in an aligned block. */
  private int block(int from, int follow, int least) {
    effort.spend(1);
    if (follow == 0) {
      return target(from);
    }
    int last = from + (1 << (BITS * follow)) - 1;
    int interval = interval(from);
    boolean inOne = interval + 1 == starts.length || last < starts[interval + 1];
    if (inOne && from >= least && last <= Character.MAX_CODE_POINT) {
      return uniform(targets[interval], follow);
    }
    ByteRow.Builder row = new ByteRow.Builder();
    int size = 1 << (BITS * (follow - 1));
    for (int i = 0; i < CONTINUATIONS; i++) {
      int part = from + i * size;
      if (part >= least && part <= Character.MAX_CODE_POINT) {
        row.add(CONTINUATION + i, block(part, follow - 1, least));
      }
    }
    ByteRow built = row.build();
    return built.ranges() == 0 ? Dfa.NONE : state(built);
  }

  /** The state that reads any continuation bytes on the way to a target. */
  private int uniform(int target, int follow) {
    if (target == Dfa.NONE || follow == 0) {
      return target;
    }
    long key = (long) target << 2 | follow;
    Integer known = uniform.get(key);
    if (known == null) {
      int next = uniform(target, follow - 1);
      known =
          state(
              new ByteRow.Builder()
                  .add(CONTINUATION, CONTINUATION + CONTINUATIONS - 1, next)
                  .build());
      uniform.put(key, known);
    }
    return known;
  }
}
