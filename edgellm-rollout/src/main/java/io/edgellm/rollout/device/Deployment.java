package io.edgellm.rollout.device;

/**
 * An offer that was accepted, with the rules it is tried under.
 *
 * @param offer what was offered
 * @param rules what it must survive
 */
public record Deployment(Offer offer, TrialRules rules) {
  /** Returns the candidate. */
  public Release release() {
    return offer.release();
  }
}
