package io.edgellm.rollout.device;

/**
 * Why a release was refused or taken back. Journals hold these names: constants are added, and
 * never renamed or removed.
 */
public enum Reason {
  /** It could not be brought onto the device. */
  DELIVERY_FAILED,
  /** This device cannot run it. */
  INCOMPATIBLE,
  /** Signature, signer or a file is not what the device trusts. */
  VERIFICATION_FAILED,
  /** It did not load, or did not answer its golden prompts. */
  SMOKE_FAILED,
  /** The process ended each time while it was smoke tested. */
  SMOKE_CRASHED,
  /** The store refused to make it current. */
  ACTIVATION_FAILED,
  /** It did not load when it was to serve. */
  LOAD_FAILURE,
  /** The process was started too often in a short time. */
  CRASH_LOOP,
  /** The process ended without a clean stop as often as the rules allow. */
  TRIES_EXHAUSTED,
  /** Requests fail. */
  ERROR_RATE,
  /** Requests take longer than with the version before. */
  LATENCY,
  /** Answers are worse than with the version before. */
  QUALITY,
  /** Memory or another resource runs out. */
  RESOURCES,
  /** The host's watchdog did not hear from it. */
  WATCHDOG_LOST,
  /** The longest observation is over, and there is too little to judge by. */
  NO_EVIDENCE,
  /** A newer release was offered before this one was proven. */
  SUPERSEDED,
  /** Whoever offered it took it back. */
  WITHDRAWN,
  /** The user asked for the previous model. */
  USER_UNDO,
  /** Safe mode is being left: the last known good release is tried again. */
  LEFT_SAFE_MODE,
  /** The store holds another version than the journal knows of. */
  INCONSISTENT
}
