package io.edgellm.inference.automaton;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Packs the rows of an automaton over bytes: equal shapes of rows are kept once. */
final class ByteTables {
  private static final int BYTES = 256;

  private final IntList shapes = new IntList();
  private final IntList firstTargets = new IntList();
  private final IntList targets = new IntList();

  /** Rows that lead to the first, second … target of their state, and where their tables are. */
  private final Map<ByteRow, Integer> places = new HashMap<>();

  private final List<byte[]> tables = new ArrayList<>();

  static ByteAutomaton packed(List<ByteRow> rows, BitSet accepting) {
    ByteTables packing = new ByteTables();
    rows.forEach(packing::add);
    byte[] joined = new byte[packing.tables.size() * BYTES];
    for (int i = 0; i < packing.tables.size(); i++) {
      System.arraycopy(packing.tables.get(i), 0, joined, i * BYTES, BYTES);
    }
    return new ByteAutomaton(
        packing.shapes.toArray(),
        packing.firstTargets.toArray(),
        packing.targets.toArray(),
        joined,
        accepting);
  }

  private void add(ByteRow row) {
    int first = targets.size();
    firstTargets.add(first);
    ByteRow.Builder shape = new ByteRow.Builder();
    int next = 0;
    for (int range = 0; range < row.ranges(); range++) {
      if (next < row.first(range)) {
        shape.add(next, row.first(range) - 1, choice(first, Dfa.NONE));
      }
      shape.add(row.first(range), row.last(range), choice(first, row.target(range)));
      next = row.last(range) + 1;
    }
    if (next < BYTES) {
      shape.add(next, BYTES - 1, choice(first, Dfa.NONE));
    }
    shapes.add(places.computeIfAbsent(shape.build(), this::addTable));
  }

  /** Which one of its targets a state goes to; a new one is added. */
  private int choice(int first, int target) {
    for (int i = first; i < targets.size(); i++) {
      if (targets.get(i) == target) {
        return i - first;
      }
    }
    targets.add(target);
    return targets.size() - 1 - first;
  }

  private int addTable(ByteRow shape) {
    byte[] table = new byte[BYTES];
    for (int range = 0; range < shape.ranges(); range++) {
      Arrays.fill(table, shape.first(range), shape.last(range) + 1, (byte) shape.target(range));
    }
    tables.add(table);
    return (tables.size() - 1) * BYTES;
  }
}
