package io.edgellm.inference.constraint;

import io.edgellm.inference.grammar.Grammar;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/**
 * How many characters of {@link SafeText} may follow a state, whichever they are. It follows all of
 * them at once: the states that are reached by exactly n characters are few, mostly one. For one
 * thread.
 */
final class StringRun {
  /** It is not known; the tokens have to be looked at one by one. */
  static final int UNKNOWN = -1;

  private static final int MAX_STATES = 16;

  private final Grammar grammar;
  private final Map<Integer, Step> steps = new HashMap<>();

  /** What one character does. */
  private static final class Step {
    /** Whether every character may come. */
    private final boolean all;

    /** Whether none may. */
    private final boolean none;

    /** Whether nothing but the edges of states inside the rule decides on that. */
    private final boolean decided;

    /** The states behind it. */
    private final int[] targets;

    Step(boolean all, boolean none, boolean decided, int[] targets) {
      this.all = all;
      this.none = none;
      this.decided = decided;
      this.targets = targets;
    }
  }

  StringRun(Grammar grammar) {
    this.grammar = grammar;
  }

  /**
   * Returns n if all safe text of up to n characters may come, and of more none, except that there
   * is no bound behind {@link SafeText#MAX_CHARACTERS}; {@link #UNKNOWN} if it is neither.
   */
  int characters(int state) {
    int[] reached = {state};
    boolean decided = true;
    for (int n = 0; n < SafeText.MAX_CHARACTERS; n++) {
      Set<Integer> after = new TreeSet<>();
      int refusing = 0;
      int refused = 0;
      for (int s : reached) {
        Step step = steps.computeIfAbsent(s, this::step);
        decided &= step.decided;
        refusing += step.none ? 1 : 0;
        refused += step.all ? 0 : 1;
        Arrays.stream(step.targets).forEach(after::add);
      }
      if (refused > 0) {
        return decided && refusing == reached.length ? n : UNKNOWN;
      }
      if (after.size() > MAX_STATES) {
        return UNKNOWN;
      }
      int[] next = after.stream().mapToInt(i -> i).toArray();
      if (Arrays.equals(next, reached)) {
        return SafeText.MAX_CHARACTERS;
      }
      reached = next;
    }
    return SafeText.MAX_CHARACTERS;
  }

  /** Gives back the memory of what was found. */
  void forget() {
    steps.clear();
  }

  private Step step(int state) {
    Collector collector = new Collector();
    Set<Integer> last = new TreeSet<>();
    collector.read(state, 0x20, 0x7F, SafeText::isSafe, last);
    for (Utf8Form form : Utf8Form.multiple()) {
      Set<Integer> reached = new TreeSet<>();
      collector.read(state, form.leadFrom(), form.leadTo(), value -> true, reached);
      for (int i = 1; i < form.length(); i++) {
        Set<Integer> after = new TreeSet<>();
        int from = i == 1 ? form.secondFrom() : 0x80;
        int to = i == 1 ? form.secondTo() : 0xBF;
        for (int s : reached) {
          collector.decided &= grammar.isPlain(s);
          collector.read(s, from, to, value -> true, after);
        }
        reached = after;
      }
      last.addAll(reached);
    }
    boolean decided = collector.decided && grammar.isPlain(state);
    int[] targets = last.stream().mapToInt(i -> i).toArray();
    return new Step(!collector.missing, targets.length == 0 && !collector.any, decided, targets);
  }

  private final class Collector {
    private boolean missing;
    private boolean any;
    private boolean decided = true;

    void read(int state, int from, int to, IntPredicate which, Set<Integer> targets) {
      for (int value = from; value <= to; value++) {
        if (which.test(value)) {
          int next = grammar.next(state, value);
          if (next < 0) {
            missing = true;
          } else {
            any = true;
            targets.add(next);
          }
        }
      }
    }
  }
}
