package io.edgellm.inference.constraint;

import io.edgellm.inference.grammar.Grammar;
import io.edgellm.inference.grammar.Parse;
import io.edgellm.inference.grammar.Stack;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Walks a trie of tokens and a grammar side by side and collects which tokens pass, and where the
 * rule that it started in may end inside of tokens.
 *
 * <p>Nearly all nodes are passed with one reading inside one rule, which takes a step of an
 * automaton and no memory; only where rules begin and end, or texts have several readings, a {@link
 * Parse} is made. For one thread.
 */
final class TrieWalk {
  private static final int SEVERAL = -1;
  private static final int ENDED = -2;
  private static final int[] NO_TOKENS = {};
  private static final long[] NO_MASK = {};

  private final Grammar grammar;
  private final boolean everyStateEnds;
  private final int[] states;
  private final Stack[] stacks;
  private final @Nullable Parse[] parses;
  private final long[] mask;
  private int[] found = new int[64];
  private int foundCount;
  private int[] ends = new int[64];
  private int endCount;

  TrieWalk(Grammar grammar, Lexicon lexicon) {
    this.grammar = grammar;
    this.everyStateEnds = grammar.leadsToAnEndEverywhere();
    int depths = lexicon.longestToken() + 1;
    this.states = new int[depths];
    this.stacks = new Stack[depths];
    this.parses = new Parse[depths];
    this.mask = lexicon.emptyMask();
  }

  /** Goes on from a state, for the descendants of a node. */
  void walk(TokenTrie trie, int node, int state) {
    Parse start = Parse.at(grammar, state);
    int top = trie.depth(node);
    states[top] = state;
    stacks[top] = start.stack(0);
    if (trie.hasChildren(node) && start.accepts()) {
      addEnd(node);
    }
    int at = node + 1;
    int end = trie.end(node);
    while (at < end) {
      int depth = trie.depth(at);
      if (!step(depth, trie.value(at))) {
        at = trie.end(at);
        continue;
      }
      if (trie.tokenCount(at) > 0 && mayStop(depth)) {
        addTokens(trie, at);
      }
      if (trie.hasChildren(at) && mayEnd(depth)) {
        addEnd(at);
      }
      at = states[depth] == ENDED ? trie.end(at) : at + 1;
    }
  }

  private boolean step(int depth, int value) {
    int state = states[depth - 1];
    if (state >= 0 && grammar.isPlain(state)) {
      int next = grammar.next(state, value);
      if (next < 0) {
        return false;
      }
      Stack stack = stacks[depth - 1];
      if (!grammar.endsRule(next)) {
        return set(depth, next, stack);
      }
      if (stack.readings() == 0) {
        states[depth] = ENDED;
        return true;
      }
      if (stack.readings() == 1 && !stack.isBottom()) {
        return set(depth, stack.returnTo(0), stack.below(0));
      }
    }
    return set(depth, parse(depth - 1).next(value));
  }

  private boolean set(int depth, int state, Stack stack) {
    states[depth] = state;
    stacks[depth] = stack;
    return true;
  }

  private boolean set(int depth, @Nullable Parse parse) {
    if (parse == null) {
      return false;
    }
    if (parse.isOver()) {
      states[depth] = ENDED;
    } else if (parse.heads() == 1 && !parse.ended()) {
      return set(depth, parse.state(0), parse.stack(0));
    } else {
      states[depth] = SEVERAL;
      parses[depth] = parse;
    }
    return true;
  }

  private Parse parse(int depth) {
    Parse several = parses[depth];
    if (states[depth] == SEVERAL && several != null) {
      return several;
    }
    return Parse.at(grammar, states[depth], stacks[depth]);
  }

  private boolean mayStop(int depth) {
    return everyStateEnds || states[depth] == ENDED || parse(depth).leadsToAnEnd();
  }

  private boolean mayEnd(int depth) {
    int state = states[depth];
    if (state >= 0) {
      return grammar.mayEndRule(state) && parse(depth).accepts();
    }
    return state == ENDED || parse(depth).accepts();
  }

  private void addTokens(TokenTrie trie, int node) {
    for (int i = 0; i < trie.tokenCount(node); i++) {
      int token = trie.token(node, i);
      mask[token >> 6] |= 1L << token;
      if (foundCount == found.length) {
        found = Arrays.copyOf(found, foundCount * 2);
      }
      found[foundCount++] = token;
    }
  }

  private void addEnd(int node) {
    if (endCount == ends.length) {
      ends = Arrays.copyOf(ends, endCount * 2);
    }
    ends[endCount++] = node;
  }

  /** Returns what was found since the last time, and tokens that are known to pass besides. */
  Reach take(TokenTrie trie, long @Nullable [] known) {
    int[] placesToEnd = Arrays.copyOf(ends, endCount);
    boolean few = known == null && foundCount < mask.length;
    Reach reach;
    if (few) {
      reach = new Reach(trie, NO_MASK, Arrays.copyOf(found, foundCount), placesToEnd);
    } else {
      for (int i = 0; known != null && i < mask.length; i++) {
        mask[i] |= known[i];
      }
      reach = new Reach(trie, mask.clone(), NO_TOKENS, placesToEnd);
    }
    forget();
    return reach;
  }

  /** Forgets what was found since the last time. */
  void forget() {
    Arrays.fill(mask, 0);
    foundCount = 0;
    endCount = 0;
  }
}
