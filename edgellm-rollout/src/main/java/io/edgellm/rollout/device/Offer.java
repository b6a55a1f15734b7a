package io.edgellm.rollout.device;

/**
 * A release that somebody approved for this device.
 *
 * @param deployment the name of the deployment, for people and reports
 * @param epoch counts up with every command of whoever decides; a command that is not newer than
 *     the newest one that was heard is ignored, so that a late or repeated message does no harm
 * @param release what to run
 */
public record Offer(String deployment, long epoch, Release release) {

  /** Refuses an empty name and an epoch below 1. */
  public Offer {
    if (deployment.isBlank() || epoch < 1) {
      throw new IllegalArgumentException("An offer needs a deployment name and an epoch from 1.");
    }
  }
}
