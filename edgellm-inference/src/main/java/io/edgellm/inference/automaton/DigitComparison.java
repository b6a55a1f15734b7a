package io.edgellm.inference.automaton;

/**
 * Compares numbers with a bound digit by digit, where both have as many digits before the point.
 * Until a digit differs, the automaton is at the bound; afterwards every digit is free. Digits that
 * are left out at the end are zeros.
 */
final class DigitComparison {
  private final String bound;
  private final int before;
  private final int direction;
  private final Alphabet alphabet;
  private final Dfa.Builder dfa = new Dfa.Builder();

  private DigitComparison(String bound, int before, int direction) {
    this.bound = bound;
    this.before = before;
    this.direction = direction;
    this.alphabet = DigitText.alphabet(Effort.ofAnOperation());
  }

  /**
   * The numbers that are not below a bound.
   *
   * @param bound all the digits, without a point
   * @param before how many of them are before the point
   */
  static Language atLeast(String bound, int before) {
    return new DigitComparison(bound, before, 1).language();
  }

  /** The numbers that are not above a bound. */
  static Language atMost(String bound, int before) {
    return new DigitComparison(bound, before, -1).language();
  }

  /** Two states for each place: at the bound, free. The point is a place of its own. */
  private Language language() {
    int places = bound.length() + (before < bound.length() ? 2 : 1);
    for (int place = 0; place < places; place++) {
      addState(place, true);
      addState(place, false);
    }
    return Language.canonical(alphabet, dfa.build());
  }

  private void addState(int place, boolean atBound) {
    boolean complete = place == before || place > before + 1;
    dfa.state(complete && (!atBound || restFits(digit(place))));
    if (place == before && before < bound.length()) {
      dfa.edge(alphabet.classOf('.'), state(place + 1, atBound));
    } else if (digit(place) < bound.length()) {
      addDigits(place, atBound);
    }
  }

  /** Which digit of the bound is read next at a place. */
  private int digit(int place) {
    return place > before ? place - 1 : place;
  }

  private static int state(int place, boolean atBound) {
    return 2 * place + (atBound ? 0 : 1);
  }

  private void addDigits(int place, boolean atBound) {
    for (char digit = place == 0 && before > 1 ? '1' : '0'; digit <= '9'; digit++) {
      int order = (digit - bound.charAt(digit(place))) * direction;
      if (!atBound || order >= 0) {
        dfa.edge(alphabet.classOf(digit), state(place + 1, atBound && order == 0));
      }
    }
  }

  /** Nothing but zeros follows, or less is as good. */
  private boolean restFits(int digit) {
    return direction < 0 || bound.substring(digit).chars().allMatch(c -> c == '0');
  }
}
