package io.edgellm.triton;

/** The state of a model version on a server. */
public enum ModelState {
  /** Loaded, answers requests. */
  READY,
  /** Being loaded. */
  LOADING,
  /** Being unloaded; requests in flight may still run. */
  UNLOADING,
  /** Not loaded: unloaded, failed, or not chosen by the version policy. */
  UNAVAILABLE,
  /** A state that this version of the client does not know. */
  UNKNOWN;

  static ModelState of(String wire) {
    for (ModelState state : values()) {
      if (state.name().equals(wire)) {
        return state;
      }
    }
    return UNKNOWN;
  }
}
