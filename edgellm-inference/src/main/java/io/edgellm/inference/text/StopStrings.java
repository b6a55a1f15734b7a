package io.edgellm.inference.text;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Ends a stream of text at the first stop string, wherever the tokens cut it.
 *
 * <p>Text that may be the beginning of a stop string is held back until it is known not to be, and
 * no longer: what is held is always the longest end of the text that begins a stop string. If
 * several stop strings end at the same character, the one that began first wins; the stop string
 * itself and everything after it are never returned.
 *
 * <p>For one stream and one thread.
 */
public final class StopStrings {
  private final List<String> stops;
  private final StringBuilder held = new StringBuilder();
  private Optional<String> matched = Optional.empty();

  /**
   * @param stops the strings, none of them empty; with no string at all, text passes through
   * @throws IllegalArgumentException if one is empty
   */
  public StopStrings(Collection<String> stops) {
    this.stops = List.copyOf(stops);
    if (this.stops.contains("")) {
      throw new IllegalArgumentException("A stop string is empty; it would stop at once.");
    }
  }

  /** Takes more text and returns what may be shown; after a match, nothing. */
  public String next(String text) {
    if (matched.isPresent() || text.isEmpty()) {
      return "";
    }
    if (stops.isEmpty()) {
      return text;
    }
    int before = held.length();
    held.append(text);
    for (int end = before + 1; end <= held.length(); end++) {
      Optional<String> stop = longestStopEndingAt(end);
      if (stop.isPresent()) {
        matched = stop;
        held.setLength(end - stop.get().length());
        return take(held.length());
      }
    }
    return take(held.length() - possibleBeginning());
  }

  /** Ends the stream and returns what was held back and is no stop string. */
  public String finish() {
    return matched.isPresent() ? "" : take(held.length());
  }

  /** Returns the stop string that ended the text, if one did. */
  public Optional<String> matched() {
    return matched;
  }

  private Optional<String> longestStopEndingAt(int end) {
    String longest = null;
    for (String stop : stops) {
      int start = end - stop.length();
      if (start >= 0
          && (longest == null || stop.length() > longest.length())
          && matches(start, stop, stop.length())) {
        longest = stop;
      }
    }
    return Optional.ofNullable(longest);
  }

  /** The length of the longest end of the held text with which some stop string begins. */
  private int possibleBeginning() {
    int longest = 0;
    for (String stop : stops) {
      int length = Math.min(stop.length() - 1, held.length());
      while (length > longest && !matches(held.length() - length, stop, length)) {
        length--;
      }
      longest = Math.max(longest, length);
    }
    return longest;
  }

  private boolean matches(int start, String stop, int length) {
    for (int i = 0; i < length; i++) {
      if (held.charAt(start + i) != stop.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private String take(int length) {
    String taken = held.substring(0, length);
    held.delete(0, length);
    return taken;
  }
}
