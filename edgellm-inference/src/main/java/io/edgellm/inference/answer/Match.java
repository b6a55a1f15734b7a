package io.edgellm.inference.answer;

/** Whether something stands at a place of a text that still grows. */
enum Match {
  YES,
  NO,
  /** More text decides. */
  NOT_YET;

  /** Whether one of two things stands there. */
  Match or(Match other) {
    if (this == YES || other == YES) {
      return YES;
    }
    return this == NOT_YET ? this : other;
  }
}
