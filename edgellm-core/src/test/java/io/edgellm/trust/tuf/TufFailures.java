package io.edgellm.trust.tuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What a refusal must look like. */
final class TufFailures {
  private TufFailures() {}

  static TufException assertRefused(TufException.Reason reason, ThrowingCallable call) {
    TufException refused = catchThrowableOfType(TufException.class, call);
    assertThat(refused).as("refused with " + reason).isNotNull();
    assertThat(refused.reason()).as(refused.getMessage()).isEqualTo(reason);
    return refused;
  }
}
