package io.edgellm.inference.answer;

/**
 * Finds the end of a JSON object in a text that still grows, looking at each character once. What
 * cannot be JSON is noticed where it begins; whether the object is valid is for a JSON parser to
 * say.
 */
final class JsonExtent {
  private static final int DEEPEST = 64;
  private static final String OUTSIDE_STRINGS = "{}[]:,-+.0123456789 \n\r\t";

  private int place;
  private int depth;
  private boolean inString;
  private boolean escaped;

  JsonExtent(int from) {
    this.place = from;
  }

  /**
   * Reads on.
   *
   * @return the place behind the object, or {@link Piece#NOT_YET}
   */
  int read(Transcript transcript) throws MalformedCallException {
    while (place < transcript.end()) {
      if (transcript.isControl(place)) {
        throw depth == 0
            ? noObject()
            : new MalformedCallException("a control token is in its JSON");
      }
      char c = transcript.at(place);
      if (inString) {
        withinString(c);
      } else {
        outsideString(c);
      }
      place++;
      if (depth == 0) {
        return place;
      }
    }
    return Piece.NOT_YET;
  }

  private void withinString(char c) throws MalformedCallException {
    if (c < ' ') {
      throw new MalformedCallException("a string of its JSON holds a control character");
    }
    if (escaped) {
      escaped = false;
    } else if (c == '\\') {
      escaped = true;
    } else if (c == '"') {
      inString = false;
    }
  }

  private void outsideString(char c) throws MalformedCallException {
    if (depth == 0 && c != '{') {
      throw noObject();
    }
    if (c == '"') {
      inString = true;
    } else if (c == '{' || c == '[') {
      if (++depth > DEEPEST) {
        throw new MalformedCallException("its JSON is nested deeper than " + DEEPEST + " levels");
      }
    } else if (c == '}' || c == ']') {
      depth--;
    } else if (OUTSIDE_STRINGS.indexOf(c) < 0 && !(c >= 'a' && c <= 'z') && !isNumberOrName(c)) {
      throw new MalformedCallException("its JSON has '" + c + "' where none can be");
    }
  }

  private static MalformedCallException noObject() {
    return new MalformedCallException("there is no JSON object where the call should be");
  }

  /** Exponents, and the names that Python writes; a parser refuses those with their whole text. */
  private static boolean isNumberOrName(char c) {
    return c >= 'A' && c <= 'Z';
  }
}
