package io.edgellm.inference.answer;

/** What began like a call is none. Made for each malformed call, so without a stack trace. */
final class MalformedCallException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param reason what is wrong, as the end of "the call is malformed: …"
   */
  MalformedCallException(String reason) {
    super(reason, null, false, false);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
