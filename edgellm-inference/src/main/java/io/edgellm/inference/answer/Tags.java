package io.edgellm.inference.answer;

import io.edgellm.inference.text.Vocabulary;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tags of a family as one vocabulary has them. A tag that is a control token of the vocabulary
 * counts only as that token: the same characters spelled by other tokens are text. A tag that is
 * none counts as text.
 */
final class Tags {
  private final Map<Integer, String> byToken = new HashMap<>();

  private Tags() {}

  static Tags of(Collection<String> tags, Vocabulary vocabulary) {
    Tags found = new Tags();
    for (String tag : tags) {
      OptionalInt token = vocabulary.addedToken(tag);
      if (token.isPresent() && vocabulary.isControl(token.getAsInt())) {
        found.byToken.put(token.getAsInt(), tag);
      }
    }
    return found;
  }

  /** Returns the tag that a token is, or null. */
  @Nullable String of(int token) {
    return byToken.get(token);
  }

  /** Returns the tags that count as tokens only. */
  Set<String> controls() {
    return Set.copyOf(byToken.values());
  }

  /** Whether a tag counts as a token only. */
  boolean isControl(String tag) {
    return byToken.containsValue(tag);
  }
}
