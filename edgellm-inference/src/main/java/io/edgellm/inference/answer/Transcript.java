package io.edgellm.inference.answer;

import java.util.Map;
import java.util.TreeMap;

/**
 * What a model has written and nobody has taken yet: characters, some of which are one control
 * token. Places are counted from the beginning of the answer, so that they stay valid while the
 * beginning is taken away.
 */
final class Transcript {
  private final Tags tags;
  private final StringBuilder text = new StringBuilder();
  private final TreeMap<Integer, String> controls = new TreeMap<>();
  private int start;

  Transcript(Tags tags) {
    this.tags = tags;
  }

  void append(String more) {
    text.append(more);
  }

  /** Appends a tag that came as its control token. */
  void appendControl(String tag) {
    controls.put(end(), tag);
    text.append(tag);
  }

  /** Returns the place of the first character that is left. */
  int start() {
    return start;
  }

  /** Returns the place behind the last character. */
  int end() {
    return start + text.length();
  }

  char at(int place) {
    return text.charAt(place - start);
  }

  boolean isControl(int place) {
    return !controls.isEmpty() && controls.containsKey(place);
  }

  boolean isBlank(int place) {
    return Blanks.isBlank(at(place));
  }

  /** Returns the first place from here on that is no white space. */
  int skipBlanks(int from) {
    int place = from;
    while (place < end() && isBlank(place)) {
      place++;
    }
    return place;
  }

  /** Whether a tag stands at a place: as its token, or as text if the vocabulary has no such. */
  Match tag(String tag, int place) {
    if (place == end()) {
      return Match.NOT_YET;
    }
    if (tags.isControl(tag)) {
      return tag.equals(controls.get(place)) ? Match.YES : Match.NO;
    }
    return plain(tag, place);
  }

  /** Whether characters that are no control token stand at a place. */
  Match plain(String expected, int place) {
    Map.Entry<Integer, String> next = controls.ceilingEntry(place);
    int limit = next == null ? end() : next.getKey();
    int length = Math.min(expected.length(), limit - place);
    for (int i = 0; i < length; i++) {
      if (at(place + i) != expected.charAt(i)) {
        return Match.NO;
      }
    }
    if (length == expected.length()) {
      return Match.YES;
    }
    return next == null ? Match.NOT_YET : Match.NO;
  }

  String text(int from, int to) {
    return text.substring(from - start, to - start);
  }

  /** Takes away everything up to a place and returns it. */
  String take(int to) {
    String taken = text(start, to);
    text.delete(0, to - start);
    controls.headMap(to).clear();
    start = to;
    return taken;
  }
}
