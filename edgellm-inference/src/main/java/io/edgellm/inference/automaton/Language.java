package io.edgellm.inference.automaton;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntBinaryOperator;
import java.util.function.IntPredicate;

/**
 * A regular language: a set of Unicode texts that a finite automaton can tell from the others. It
 * is kept as the minimal deterministic automaton over code points, so that two languages are equal
 * exactly if they have the same texts. Lengths are in code points; a text with an unpaired
 * surrogate is in no language.
 *
 * <p>Every method that makes a language throws {@link IllegalPatternException} with reason {@code
 * TOO_LARGE} when the automaton would need more than {@value Effort#MOST_STATES} states, or about a
 * second of work.
 *
 * <p>Immutable, and free to be used by several threads.
 */
public final class Language {
  private final Alphabet alphabet;
  private final Dfa dfa;

  /** An automaton in the one form that its language has. */
  private Language(Alphabet alphabet, Dfa dfa) {
    this.alphabet = alphabet;
    this.dfa = dfa;
  }

  /** Returns the language without any text. */
  public static Language none() {
    return of(List.of());
  }

  /** Returns the language of one text. */
  public static Language text(String text) {
    return of(List.of(text));
  }

  /** Returns the language of these texts. */
  public static Language of(Collection<String> texts) {
    return Trie.language(texts);
  }

  /** Returns the language of all texts. */
  public static Language anything() {
    return of(Syntax.anyText());
  }

  /**
   * Returns all texts of a length.
   *
   * @param min the fewest code points
   * @param max the most code points, or -1 if there is no bound
   */
  public static Language characters(int min, int max) {
    return anyCharacter().repeat(min, max);
  }

  /**
   * Returns the texts that a machine with finitely many states accepts. It begins in state 0.
   *
   * @param characters the characters that it reads, no surrogates among them, each once
   * @param accepting whether a text may end in a state
   * @param next the state that follows a state and a character, given by its place in {@code
   *     characters}; negative if no text goes on with it
   */
  public static Language recognizedBy(
      String characters, IntPredicate accepting, IntBinaryOperator next) {
    return new Machine(characters, accepting, next).language();
  }

  private static Language anyCharacter() {
    return of(new Syntax.Characters(CodePoints.ALL));
  }

  /**
   * Returns the texts in which a regular expression of ECMA-262 finds a match anywhere, as the
   * keyword {@code pattern} of JSON Schema means it, with the flag u.
   *
   * <p>Everything that is regular is exact, wherever it stands: anchors, word boundaries and
   * lookaheads included. A backslash before any sign but a letter or digit stands for the sign, and
   * braces and hyphens that could not mean anything else stand for themselves, although the flag u
   * forbids both: schemas in the wild have them.
   *
   * @throws IllegalPatternException if it is no regular expression, has a backreference, a
   *     lookbehind, flags or an unknown property, or is too large
   */
  public static Language pattern(String ecma262) {
    Syntax found =
        Syntax.sequence(Syntax.anyText(), PatternParser.parse(ecma262), new Syntax.AnyRest());
    return of(found, new Effort(PatternCursor.shown(ecma262)));
  }

  /**
   * Returns the texts that a regular expression of ECMA-262 matches as a whole; otherwise as {@link
   * #pattern}.
   *
   * @throws IllegalPatternException as {@link #pattern} does
   */
  public static Language regex(String ecma262) {
    return of(PatternParser.parse(ecma262), new Effort(PatternCursor.shown(ecma262)));
  }

  /** The language of a regular expression that has been read. */
  static Language of(Syntax syntax) {
    return of(syntax, Effort.ofAnOperation());
  }

  static Language of(Syntax syntax, Effort effort) {
    Nfa nfa = Thompson.automaton(syntax, effort);
    return canonical(nfa.alphabet(), Determinization.minimal(nfa, effort));
  }

  /** The one form of a language: minimal, no two labels alike, numbered by breadth. */
  static Language canonical(Alphabet alphabet, Dfa dfa) {
    Dfa minimal = Minimization.minimal(dfa);
    int[] numbers = new int[alphabet.size()];
    int size = joinLabels(minimal, numbers);
    return new Language(
        alphabet.renumbered(numbers, size), minimal.relabelled(numbers).numberedByBreadth());
  }

  /** Gives labels with the same edges the same number; returns how many numbers there are. */
  private static int joinLabels(Dfa dfa, int[] numbers) {
    LongList[] columns = new LongList[numbers.length];
    Arrays.setAll(columns, label -> new LongList());
    for (int state = 0; state < dfa.states(); state++) {
      for (int edge = dfa.firstEdge(state); edge < dfa.endEdge(state); edge++) {
        columns[dfa.label(edge)].add((long) state << 32 | dfa.target(edge));
      }
    }
    Map<LongKey, Integer> known = new HashMap<>();
    for (int label = 0; label < columns.length; label++) {
      LongKey column = new LongKey(columns[label].toArray());
      int next = known.size();
      numbers[label] =
          column.size() > 0 ? known.computeIfAbsent(column, key -> next) : Alphabet.NO_CLASS;
    }
    return known.size();
  }

  /** Returns the texts that are in one of the two. */
  public Language union(Language other) {
    return combine(other, Product.Combination.UNION);
  }

  /** Returns the texts that are in both. */
  public Language intersect(Language other) {
    return combine(other, Product.Combination.INTERSECTION);
  }

  /** Returns the texts of this language that are not in the other one. */
  public Language minus(Language other) {
    return combine(other, Product.Combination.DIFFERENCE);
  }

  private Language combine(Language other, Product.Combination combination) {
    CommonAlphabet common = CommonAlphabet.of(alphabet, other.alphabet);
    Dfa product = Product.of(dfa, other.dfa, combination, common, Effort.ofAnOperation());
    return canonical(common.alphabet(), product);
  }

  /** Returns all the texts that are not in this language. */
  public Language complement() {
    return anything().minus(this);
  }

  /** Returns the texts that begin with one of this language and end with one of the other. */
  public Language concat(Language other) {
    return of(Syntax.sequence(new Syntax.Member(this), new Syntax.Member(other)));
  }

  /**
   * Returns several texts of this language one after the other.
   *
   * @param min the fewest
   * @param max the most, or -1 if there is no bound
   */
  public Language repeat(int min, int max) {
    if (min < 0 || max < -1 || (max != -1 && max < min)) {
      throw new IllegalArgumentException(
          "A repetition needs 0 <= min <= max, or max -1; it is " + min + " to " + max + ".");
    }
    return of(new Syntax.Repetition(new Syntax.Member(this), min, max));
  }

  /** Returns true if there is no text. */
  public boolean isEmpty() {
    return dfa.isEmpty();
  }

  /** Returns true if the text belongs to the language. */
  public boolean contains(String text) {
    int state = Dfa.START;
    for (int i = 0; i < text.length() && state != Dfa.NONE; ) {
      int codePoint = text.codePointAt(i);
      state = dfa.next(state, alphabet.classOf(codePoint));
      i += Character.charCount(codePoint);
    }
    return state != Dfa.NONE && dfa.accepts(state);
  }

  /** Returns one of the shortest texts, in code points; empty if there is none. */
  public Optional<String> shortest() {
    if (isEmpty()) {
      return Optional.empty();
    }
    int[] distances = dfa.distances();
    int[] characters = alphabet.representatives();
    StringBuilder text = new StringBuilder();
    int state = Dfa.START;
    while (distances[state] > 0) {
      int edge = dfa.firstEdge(state);
      while (distances[dfa.target(edge)] >= distances[state]) {
        edge++;
      }
      text.appendCodePoint(characters[dfa.label(edge)]);
      state = dfa.target(edge);
    }
    return Optional.of(text.toString());
  }

  /**
   * Returns the length of the longest text in code points, or -1 if there is no bound; 0 for the
   * language without any text.
   */
  public int longest() {
    int states = dfa.states();
    int[] incoming = new int[states];
    for (int edge = 0; edge < dfa.edges(); edge++) {
      incoming[dfa.target(edge)]++;
    }
    ArrayDeque<Integer> ready = new ArrayDeque<>();
    if (incoming[Dfa.START] == 0) {
      ready.add(Dfa.START);
    }
    int[] lengths = new int[states];
    int longest = 0;
    int met = 0;
    for (; !ready.isEmpty(); met++) {
      int state = ready.remove();
      longest = Math.max(longest, lengths[state]);
      for (int edge = dfa.firstEdge(state); edge < dfa.endEdge(state); edge++) {
        int target = dfa.target(edge);
        lengths[target] = Math.max(lengths[target], lengths[state] + 1);
        if (--incoming[target] == 0) {
          ready.add(target);
        }
      }
    }
    return met == states ? longest : -1;
  }

  /** Returns the number of states of the minimal automaton over code points. */
  public int states() {
    return dfa.states();
  }

  /** Returns the automaton that reads the texts in UTF-8. */
  public ByteAutomaton utf8() {
    return ByteEncoding.automaton(alphabet, dfa, Spelling.RAW);
  }

  /**
   * Returns the automaton that reads the texts as they stand between the quotes of a JSON string:
   * in UTF-8, with quote, backslash and the controls below U+0020 escaped and nothing else; escapes
   * are short where JSON has a short one, else <code>&#92;u00</code> and two digits in lower case.
   * There is one spelling for each text, so that an answer is as short as it can be.
   */
  public ByteAutomaton jsonStringBody() {
    return ByteEncoding.automaton(alphabet, dfa, Spelling.JSON);
  }

  Alphabet alphabet() {
    return alphabet;
  }

  Dfa dfa() {
    return dfa;
  }

  /** Returns true if the other is a language with the same texts. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Language language
        && dfa.equals(language.dfa)
        && alphabet.equals(language.alphabet);
  }

  @Override
  public int hashCode() {
    return 31 * dfa.hashCode() + alphabet.hashCode();
  }

  /** Returns its size and one of its shortest texts. */
  @Override
  public String toString() {
    return "Language of " + states() + " states, with " + shortest().orElse("no text");
  }
}
