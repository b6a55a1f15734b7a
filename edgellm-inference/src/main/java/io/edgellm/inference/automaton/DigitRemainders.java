package io.edgellm.inference.automaton;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Divides numbers digit by digit: a state is the remainder of what has been read, and how many
 * digits behind the point that was.
 */
final class DigitRemainders {
  private static final int BEFORE_POINT = -1;

  private final int divisor;
  private final int fractionDigits;
  private final Effort effort;
  private final Alphabet alphabet;
  private final Map<Place, Integer> numbers = new HashMap<>();
  private final Dfa.Builder dfa = new Dfa.Builder();
  private final List<Place> open = new ArrayList<>();

  /** Where a number is after some digits. */
  private sealed interface Place {}

  private record Beginning() implements Place {}

  /** Behind a zero at the beginning, that no digit follows. */
  private record Zero() implements Place {}

  /** Behind a digit or the point. */
  private record Remainder(int value, int fraction) implements Place {}

  private DigitRemainders(int divisor, int fractionDigits, Effort effort) {
    this.divisor = divisor;
    this.fractionDigits = fractionDigits;
    this.effort = effort;
    this.alphabet = DigitText.alphabet(effort);
  }

  /** The numbers that are divided without a rest, in units of the last digit. */
  static Language language(int divisor, int fractionDigits, Effort effort) {
    return new DigitRemainders(divisor, fractionDigits, effort).language();
  }

  private Language language() {
    number(new Beginning());
    for (int i = 0; i < open.size(); i++) {
      Place place = open.get(i);
      dfa.state(accepts(place));
      if (place instanceof Beginning) {
        dfa.edge(alphabet.classOf('0'), number(new Zero()));
        addDigits('1', new Remainder(0, BEFORE_POINT));
      } else if (place instanceof Zero) {
        addPoint(0);
      } else if (place instanceof Remainder remainder) {
        addEdges(remainder);
      }
      effort.checkSize(open.size(), dfa.edges());
    }
    return Language.canonical(alphabet, dfa.build());
  }

  private void addEdges(Remainder remainder) {
    if (remainder.fraction() < fractionDigits) {
      addDigits('0', remainder);
    }
    if (remainder.fraction() == BEFORE_POINT) {
      addPoint(remainder.value());
    }
  }

  private void addDigits(char first, Remainder from) {
    int fraction = from.fraction() == BEFORE_POINT ? BEFORE_POINT : from.fraction() + 1;
    for (char digit = first; digit <= '9'; digit++) {
      int value = (int) ((10L * from.value() + digit - '0') % divisor);
      dfa.edge(alphabet.classOf(digit), number(new Remainder(value, fraction)));
    }
  }

  private void addPoint(int value) {
    if (fractionDigits > 0) {
      dfa.edge(alphabet.classOf('.'), number(new Remainder(value, 0)));
    }
  }

  private int number(Place place) {
    Integer known = numbers.get(place);
    if (known == null) {
      known = open.size();
      open.add(place);
      numbers.put(place, known);
    }
    return known;
  }

  private boolean accepts(Place place) {
    if (!(place instanceof Remainder remainder)) {
      return place instanceof Zero;
    }
    long value = remainder.value();
    for (int i = Math.max(0, remainder.fraction()); i < fractionDigits; i++) {
      value = 10 * value % divisor;
    }
    return value == 0 && remainder.fraction() != 0;
  }
}
