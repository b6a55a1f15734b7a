package io.edgellm.inference.template;

import java.util.Objects;

/**
 * A run of a rendered prompt that one side wrote.
 *
 * @param text the characters
 * @param provenance who wrote them
 */
public record TemplateSpan(String text, Provenance provenance) {
  /** Refuses null. */
  public TemplateSpan {
    Objects.requireNonNull(text);
    Objects.requireNonNull(provenance);
  }
}
