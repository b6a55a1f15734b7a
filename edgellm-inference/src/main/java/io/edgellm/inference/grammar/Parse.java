package io.edgellm.inference.grammar;

import io.edgellm.inference.grammar.GrammarException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * How far a text has been matched against a grammar: a set of readings, each a state of an
 * automaton and the {@link Stack} of what is open around it. Immutable; each symbol leads to
 * another configuration, and every configuration can be led to an end.
 *
 * <p>Nothing here is recursive in the depth of the text. The number of readings that are followed
 * at once and their depth are bounded; a text that goes beyond fails by name.
 */
public final class Parse {
  /** No symbol is the only one. */
  public static final int NOT_FORCED = -1;

  private static final int MAX_DEPTH = 1 << 20;

  private final Grammar grammar;
  private final int[] states;
  private final Stack[] stacks;
  private final boolean ended;

  private Parse(Grammar grammar, int[] states, Stack[] stacks, boolean ended) {
    this.grammar = grammar;
    this.states = states;
    this.stacks = stacks;
    this.ended = ended;
  }

  /** Returns the configuration before anything was read. */
  public static Parse start(Grammar grammar) {
    boolean hasText = grammar.start() != Tables.NONE;
    return new Parse(
        grammar,
        hasText ? new int[] {grammar.start()} : new int[0],
        hasText ? new Stack[] {Stack.bottom()} : new Stack[0],
        grammar.acceptsNothing());
  }

  /** Returns the configuration in one state of one rule, around which nothing is open. */
  public static Parse at(Grammar grammar, int state) {
    return at(grammar, state, Stack.bottom());
  }

  /** Returns the configuration in one state of one rule. */
  public static Parse at(Grammar grammar, int state, Stack stack) {
    return new Parse(grammar, new int[] {state}, new Stack[] {stack}, false);
  }

  /** Returns the configuration after a symbol, or null if it cannot come here. */
  public @Nullable Parse next(int symbol) {
    if (states.length == 1 && grammar.isPlain(states[0])) {
      int next = grammar.next(states[0], symbol);
      if (next == Tables.NONE) {
        return null;
      }
      if (!grammar.endsRule(next)) {
        return new Parse(grammar, new int[] {next}, stacks, false);
      }
    }
    Heads open = opened();
    Heads after = new Heads(grammar);
    for (int i = 0; i < open.count(); i++) {
      step(open.state(i), open.stack(i), symbol, after);
    }
    if (after.count() == 0 && !after.ended()) {
      return null;
    }
    return new Parse(grammar, after.states(), after.stacks(), after.ended());
  }

  /** Returns the configuration after several bytes, or null if they cannot come here. */
  public @Nullable Parse next(byte[] bytes) {
    Parse parse = this;
    int at = 0;
    while (at < bytes.length) {
      int plain = parse.plainRun(bytes, at);
      if (plain > at) {
        parse = parse.afterPlainRun(bytes, at, plain);
        at = plain;
        continue;
      }
      Parse next = parse.next(bytes[at++] & 0xFF);
      if (next == null) {
        return null;
      }
      parse = next;
    }
    return parse;
  }

  /** Up to where the bytes lead through plain states of one rule only. */
  private int plainRun(byte[] bytes, int from) {
    if (states.length != 1) {
      return from;
    }
    int state = states[0];
    int at = from;
    while (at < bytes.length && grammar.isPlain(state)) {
      int next = grammar.next(state, bytes[at] & 0xFF);
      if (next == Tables.NONE || grammar.endsRule(next)) {
        break;
      }
      state = next;
      at++;
    }
    return at;
  }

  private Parse afterPlainRun(byte[] bytes, int from, int to) {
    int state = states[0];
    for (int i = from; i < to; i++) {
      state = grammar.next(state, bytes[i] & 0xFF);
    }
    return new Parse(grammar, new int[] {state}, stacks, false);
  }

  /** These readings, and those in which rules that may end here have ended. */
  private Heads opened() {
    Heads open = new Heads(grammar);
    for (int i = 0; i < states.length; i++) {
      open.addReturn(states[i], stacks[i]);
    }
    for (int i = 0; i < open.count(); i++) {
      if (grammar.mayEndRule(open.state(i))) {
        Stack stack = open.stack(i);
        for (int r = 0; r < stack.readings(); r++) {
          open.addReturn(stack.returnTo(r), stack.below(r));
        }
      }
    }
    return open;
  }

  private void step(int state, Stack stack, int symbol, Heads after) {
    int own = grammar.next(state, symbol);
    if (own != Tables.NONE) {
      after.land(own, stack);
    }
    for (Openings.Opening opening : grammar.openings().of(state)) {
      int next = grammar.next(opening.state(), symbol);
      if (next != Tables.NONE) {
        after.land(next, push(stack, opening.returns()));
      }
    }
  }

  private Stack push(Stack stack, int[] returns) {
    Stack pushed = stack;
    for (int returnTo : returns) {
      pushed = pushed.push(returnTo, grammar.ways().cost(returnTo));
    }
    if (pushed.depth() > MAX_DEPTH) {
      throw new GrammarException(
          Reason.TOO_DEEP,
          "The text nests deeper than " + MAX_DEPTH + " rules; bound its depth.",
          null);
    }
    return pushed;
  }

  /** Whether the text may end here. */
  public boolean accepts() {
    if (ended) {
      return true;
    }
    for (int i = 0; i < states.length; i++) {
      if (grammar.mayEndRule(states[i])) {
        return opened().mayEnd();
      }
    }
    return false;
  }

  /** Whether nothing can follow: the text has to end here. */
  public boolean isOver() {
    return states.length == 0;
  }

  /**
   * Returns the only symbol that can come here, if there is exactly one and the text may not end
   * instead; otherwise {@link #NOT_FORCED}. The control tokens that the grammar does not name are
   * several.
   */
  public int forced() {
    if (ended) {
      return NOT_FORCED;
    }
    Heads open = opened();
    if (open.mayEnd()) {
      return NOT_FORCED;
    }
    Candidates candidates = new Candidates();
    for (int i = 0; i < open.count() && !candidates.several; i++) {
      candidates.add(open.state(i));
      for (Openings.Opening opening : grammar.openings().of(open.state(i))) {
        candidates.add(opening.state());
      }
    }
    boolean known = !candidates.several && candidates.only != grammar.symbols().other();
    return known ? candidates.only : NOT_FORCED;
  }

  private final class Candidates {
    private int only = NOT_FORCED;
    private boolean several;

    void add(int state) {
      Tables tables = grammar.tables();
      for (int e = tables.firstEdge(state); e < tables.firstEdge(state + 1) && !several; e++) {
        int symbol = tables.edgeFirst(e);
        several = tables.edgeLast(e) != symbol || (only != NOT_FORCED && only != symbol);
        only = symbol;
      }
    }
  }

  /**
   * Whether there is a way to the end of symbols that can be spelled; see {@link
   * Grammar#spelledWith}.
   */
  public boolean leadsToAnEnd() {
    return ended || symbolsToEnd() < ShortestWays.ENDLESS;
  }

  /** Returns how few symbols lead to an end; a number beyond every answer if none do. */
  public int symbolsToEnd() {
    if (ended) {
      return 0;
    }
    int fewest = ShortestWays.ENDLESS;
    for (int i = 0; i < states.length; i++) {
      fewest = Math.min(fewest, cost(i));
    }
    return fewest;
  }

  private int cost(int head) {
    return ShortestWays.sum(grammar.ways().cost(states[head]), stacks[head].cost());
  }

  /**
   * Returns a shortest sequence of symbols that leads to an end.
   *
   * @throws IllegalStateException if there is none
   */
  public int[] wayToEnd() {
    if (ended) {
      return new int[0];
    }
    int best = 0;
    for (int i = 1; i < states.length; i++) {
      if (cost(i) < cost(best)) {
        best = i;
      }
    }
    if (states.length == 0 || cost(best) >= ShortestWays.ENDLESS) {
      throw new IllegalStateException("No way leads from here to an end of the text.");
    }
    return new WayToEnd(grammar).from(states[best], stacks[best]);
  }

  /** Returns the number of readings that may go on. */
  public int heads() {
    return states.length;
  }

  /** Returns the state of a reading. */
  public int state(int head) {
    return states[head];
  }

  /** Returns what is open around a reading. */
  public Stack stack(int head) {
    return stacks[head];
  }

  /** Whether one reading has ended, and can only have ended. */
  public boolean ended() {
    return ended;
  }
}
