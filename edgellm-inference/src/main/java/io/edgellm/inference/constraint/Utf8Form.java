package io.edgellm.inference.constraint;

import org.jspecify.annotations.Nullable;

/**
 * The well-formed byte sequences of UTF-8 (Unicode, table 3-7), by their first byte. Bytes after
 * the second are 0x80 to 0xBF.
 *
 * @param leadFrom the first of the first bytes
 * @param leadTo the last of the first bytes
 * @param length the number of bytes
 * @param secondFrom the first of the second bytes
 * @param secondTo the last of the second bytes
 */
record Utf8Form(int leadFrom, int leadTo, int length, int secondFrom, int secondTo) {
  private static final Utf8Form[] MULTIPLE = {
    new Utf8Form(0xC2, 0xDF, 2, 0x80, 0xBF),
    new Utf8Form(0xE0, 0xE0, 3, 0xA0, 0xBF),
    new Utf8Form(0xE1, 0xEC, 3, 0x80, 0xBF),
    new Utf8Form(0xED, 0xED, 3, 0x80, 0x9F),
    new Utf8Form(0xEE, 0xEF, 3, 0x80, 0xBF),
    new Utf8Form(0xF0, 0xF0, 4, 0x90, 0xBF),
    new Utf8Form(0xF1, 0xF3, 4, 0x80, 0xBF),
    new Utf8Form(0xF4, 0xF4, 4, 0x80, 0x8F)
  };

  /** The forms of more than one byte. */
  static Utf8Form[] multiple() {
    return MULTIPLE.clone();
  }

  /** The form that begins with a byte that is not ASCII, or null. */
  static @Nullable Utf8Form of(int lead) {
    for (Utf8Form form : MULTIPLE) {
      if (form.leadFrom <= lead && lead <= form.leadTo) {
        return form;
      }
    }
    return null;
  }
}
