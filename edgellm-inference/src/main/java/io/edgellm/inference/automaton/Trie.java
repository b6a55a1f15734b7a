package io.edgellm.inference.automaton;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An automaton of given texts, without the detour over a nondeterministic one. */
final class Trie {
  private final Alphabet alphabet;
  private final Effort effort;
  private final List<Map<Integer, Integer>> children = new ArrayList<>();
  private final Set<Integer> accepting = new HashSet<>();

  private Trie(Alphabet alphabet, Effort effort) {
    this.alphabet = alphabet;
    this.effort = effort;
    children.add(new HashMap<>());
  }

  /** The language of the texts; those with an unpaired surrogate cannot be spelled. */
  static Language language(Collection<String> texts) {
    Effort effort = Effort.ofAnOperation();
    Set<CodePoints> characters = new HashSet<>();
    for (String text : texts) {
      effort.spend(text.length());
      text.codePoints().forEach(c -> characters.add(CodePoints.of(c)));
    }
    Trie trie = new Trie(Alphabet.separating(characters, effort), effort);
    texts.forEach(trie::add);
    return Language.canonical(trie.alphabet, trie.dfa());
  }

  private void add(String text) {
    int state = Dfa.START;
    for (int c : text.codePoints().toArray()) {
      int label = alphabet.classOf(c);
      if (label == Alphabet.NO_CLASS) {
        throw new IllegalPatternException(
            IllegalPatternException.Reason.UNSUPPORTED,
            "A text contains half of a surrogate pair, which no UTF-8 has bytes for.");
      }
      Integer next = children.get(state).get(label);
      if (next == null) {
        next = children.size();
        children.get(state).put(label, next);
        children.add(new HashMap<>());
        effort.checkSize(children.size(), 0);
      }
      state = next;
    }
    accepting.add(state);
  }

  private Dfa dfa() {
    Dfa.Builder dfa = new Dfa.Builder();
    for (int state = 0; state < children.size(); state++) {
      dfa.state(accepting.contains(state));
      children.get(state).forEach(dfa::edge);
    }
    return dfa.build();
  }
}
