package io.edgellm.inference.template;

/** White space as Python's {@code str.strip} and {@code str.split} see it. */
final class PythonSpace {
  private PythonSpace() {}

  static boolean is(char c) {
    return (c >= '\t' && c <= '\r')
        || (c >= '\u001C' && c <= ' ')
        || c == '\u0085'
        || (c >= '\u00A0' && Character.isSpaceChar(c));
  }
}
