package io.edgellm.inference.automaton;

/** How the characters of ASCII are spelled. */
enum Spelling {
  /** As they are. */
  RAW {
    @Override
    void ascii(ByteEncoding state, ByteRow.Builder row) {
      for (int c = 0; c < ASCII; c++) {
        row.add(c, state.target(c));
      }
    }
  },

  /** As in the strings of JSON (RFC 8259, section 7): escaped where that is a must. */
  JSON {
    @Override
    void ascii(ByteEncoding state, ByteRow.Builder row) {
      for (int c = ' '; c < ASCII; c++) {
        if (c == '\\') {
          row.add('\\', escape(state));
        } else if (c != '"') {
          row.add(c, state.target(c));
        }
      }
    }
  };

  private static final int ASCII = 0x80;
  private static final String SHORT_ESCAPES = "\"\\bfnrt";
  private static final String SHORT_MEANINGS = "\"\\\b\f\n\r\t";
  private static final String DIGITS = "0123456789abcdef";

  /** Adds where the state in question goes with the characters of ASCII. */
  abstract void ascii(ByteEncoding state, ByteRow.Builder row);

  /** The state behind a backslash. */
  private static int escape(ByteEncoding state) {
    ByteRow.Builder row = new ByteRow.Builder();
    for (int i = 0; i < SHORT_ESCAPES.length(); i++) {
      row.add(SHORT_ESCAPES.charAt(i), state.target(SHORT_MEANINGS.charAt(i)));
    }
    int low = digit(state, 0x00);
    int high = digit(state, 0x10);
    int third = join(state, new ByteRow.Builder().add('0', low).add('1', high));
    int second = join(state, new ByteRow.Builder().add('0', third));
    row.add('u', join(state, new ByteRow.Builder().add('0', second)));
    return join(state, row);
  }

  /** The state before the last digit of a control character without a short escape. */
  private static int digit(ByteEncoding state, int base) {
    ByteRow.Builder row = new ByteRow.Builder();
    for (int i = 0; i < DIGITS.length(); i++) {
      if (SHORT_MEANINGS.indexOf(base + i) < 0) {
        row.add(DIGITS.charAt(i), state.target(base + i));
      }
    }
    return join(state, row);
  }

  private static int join(ByteEncoding state, ByteRow.Builder row) {
    ByteRow built = row.build();
    return built.ranges() == 0 ? Dfa.NONE : state.state(built);
  }
}
