package io.edgellm.inference.constraint;

import io.edgellm.inference.grammar.Grammar;
import io.edgellm.inference.grammar.GrammarException;
import io.edgellm.inference.grammar.GrammarException.Reason;
import io.edgellm.inference.grammar.Parse;
import io.edgellm.inference.grammar.Stack;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * The {@link Reach} of each state of a grammar, found when it is first asked for, and the masks
 * that are put together from them. Safe for use by several threads, which take turns.
 */
final class Reaches {
  private static final int MAX_PIECES = 100_000;

  private final Lexicon lexicon;
  private final ReachSpace space;
  private final TrieWalk walk;
  private final StringRun strings;
  private final boolean everyStateEnds;
  private final Map<Integer, Reach> byState = new HashMap<>();
  private int generation;

  Reaches(Grammar grammar, Lexicon lexicon, ReachSpace space) {
    this.lexicon = lexicon;
    this.space = space;
    this.walk = new TrieWalk(grammar, lexicon);
    this.strings = new StringRun(grammar);
    this.everyStateEnds = grammar.leadsToAnEndEverywhere();
  }

  private record Piece(Reach reach, Stack stack) {}

  /** Adds the text tokens that may come next to a mask. */
  void addTo(long[] mask, Parse parse) {
    synchronized (space) {
      try {
        for (int head = 0; head < parse.heads(); head++) {
          add(mask, new Piece(of(parse.state(head)), parse.stack(head)));
        }
      } catch (GrammarException e) {
        walk.forget();
        throw e;
      }
    }
  }

  private void add(long[] mask, Piece first) {
    Deque<Piece> todo = new ArrayDeque<>();
    todo.push(first);
    int pieces = 0;
    while (!todo.isEmpty()) {
      Piece piece = todo.pop();
      if (++pieces > MAX_PIECES) {
        throw new GrammarException(
            Reason.TOO_AMBIGUOUS,
            "The text can be read in too many ways at once; make the alternatives of the grammar"
                + " differ earlier.",
            null);
      }
      piece.reach.addTo(mask);
      if (piece.reach.mayEndInside()) {
        Stack stack = piece.stack;
        for (int i = 0; i < stack.readings(); i++) {
          todo.push(new Piece(after(piece.reach, stack.returnTo(i)), stack.below(i)));
        }
      }
    }
  }

  private Reach of(int state) {
    if (generation != space.generation()) {
      generation = space.generation();
      byState.clear();
      strings.forget();
    }
    Reach known = byState.get(state);
    if (known != null) {
      return known;
    }
    Reach found = found(state);
    byState.put(state, found);
    space.take(found.bytes());
    return found;
  }

  private Reach found(int state) {
    int characters = everyStateEnds ? strings.characters(state) : StringRun.UNKNOWN;
    if (characters == StringRun.UNKNOWN) {
      walk.walk(lexicon.trie(), TokenTrie.ROOT, state);
      return walk.take(lexicon.trie(), null);
    }
    SafeText safe = lexicon.safeText();
    walk.walk(safe.others(), TokenTrie.ROOT, state);
    return walk.take(safe.others(), characters == 0 ? null : safe.upTo(characters));
  }

  private Reach after(Reach reach, int state) {
    Reach known = reach.after().get(state);
    if (known != null) {
      return known;
    }
    for (int node : reach.ends()) {
      walk.walk(reach.trie(), node, state);
    }
    Reach found = walk.take(reach.trie(), null);
    reach.after().put(state, found);
    space.take(found.bytes());
    return found;
  }
}
