package io.edgellm.inference.automaton;

import java.nio.ByteBuffer;
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
  private final Map<ByteBuffer, Integer> places = new HashMap<>();
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
    byte[] table = new byte[BYTES];
    Map<Integer, Integer> choices = new HashMap<>();
    firstTargets.add(targets.size());
    int next = 0;
    for (int range = 0; range < row.ranges(); range++) {
      fill(table, next, row.first(range), Dfa.NONE, choices);
      next = row.last(range) + 1;
      fill(table, row.first(range), next, row.target(range), choices);
    }
    fill(table, next, BYTES, Dfa.NONE, choices);
    shapes.add(
        places.computeIfAbsent(
            ByteBuffer.wrap(table),
            key -> {
              tables.add(table);
              return (tables.size() - 1) * BYTES;
            }));
  }

  private void fill(byte[] table, int first, int end, int target, Map<Integer, Integer> choices) {
    if (first == end) {
      return;
    }
    int choice =
        choices.computeIfAbsent(
            target,
            key -> {
              targets.add(key);
              return choices.size();
            });
    Arrays.fill(table, first, end, (byte) choice);
  }
}
