package io.edgellm.trust;

import io.edgellm.model.ModelId;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Model lines that a rule is about: exact names, and beginnings followed by {@code *}.
 *
 * @param patterns none for no line at all
 */
record ModelLines(List<String> patterns) {
  private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}\\*?|\\*");

  ModelLines {
    patterns = List.copyOf(patterns);
    for (String pattern : patterns) {
      if (!FORM.matcher(pattern).matches()) {
        throw malformed(
            "'"
                + pattern
                + "' names no model line: write an exact name, or a beginning followed by '*'.",
            pattern);
      }
    }
  }

  private static TrustException malformed(String message, String subject) {
    return new TrustException(TrustException.Reason.MALFORMED, message, subject);
  }

  boolean include(ModelId model) {
    return patterns.stream()
        .anyMatch(
            p ->
                p.endsWith("*")
                    ? model.value().startsWith(p.substring(0, p.length() - 1))
                    : model.value().equals(p));
  }
}
