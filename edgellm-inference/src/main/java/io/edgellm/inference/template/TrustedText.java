package io.edgellm.inference.template;

import java.util.Objects;

/**
 * A variable that counts as written by the template: the name of a special token, a setting of the
 * host. Never text of a person, of a tool or of a model.
 *
 * @param text the characters
 */
public record TrustedText(String text) {
  /** Refuses null. */
  public TrustedText {
    Objects.requireNonNull(text);
  }
}
