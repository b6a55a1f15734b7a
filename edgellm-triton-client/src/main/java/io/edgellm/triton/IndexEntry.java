package io.edgellm.triton;

import org.jspecify.annotations.Nullable;

/**
 * One line of a model repository's index: a version of a model, or a model that has no version yet.
 *
 * @param name the model's name
 * @param version the version; null if the model was never loaded
 * @param state the version's state; null if the model was never loaded
 * @param reason why it is in this state, such as why a load failed; empty if there is none
 */
public record IndexEntry(
    String name, @Nullable String version, @Nullable ModelState state, String reason) {

  /** Whether this version answers requests. */
  public boolean isReady() {
    return state == ModelState.READY;
  }

  static IndexEntry of(Fields entry) {
    String state = entry.textOr("state", "");
    String version = entry.textOr("version", "");
    return new IndexEntry(
        entry.text("name"),
        version.isEmpty() ? null : version,
        state.isEmpty() ? null : ModelState.of(state),
        entry.textOr("reason", ""));
  }
}
