package io.edgellm.trust;

import org.jspecify.annotations.Nullable;

/** The outcome of a verification: a model to work with, or the reason why there is none. */
public sealed interface Verdict {

  /**
   * Everything that the policy asks for holds.
   *
   * @param model the only thing that can be activated
   */
  record Verified(VerifiedModel model) implements Verdict {}

  /**
   * Something does not hold.
   *
   * @param reason which kind of thing
   * @param message what is wrong, and what to do about it
   * @param subject the path or key that it is about, or null
   */
  record Rejected(TrustException.Reason reason, String message, @Nullable String subject)
      implements Verdict {}

  /**
   * Returns the verified model.
   *
   * @throws TrustException if the verdict is a rejection
   */
  default VerifiedModel orElseThrow() {
    if (this instanceof Rejected r) {
      throw new TrustException(r.reason(), r.message(), r.subject());
    }
    return ((Verified) this).model();
  }
}
