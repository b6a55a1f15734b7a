package io.edgellm.trust.time;

import io.edgellm.trust.time.TrustedTime.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The latest time that each source has said. Immutable.
 *
 * <p>Two states always merge into the same one, in either order, so that no process can lower what
 * another one has raised. Forgetting would be undone by that; hence each source has an age, which
 * forgetting raises, and only times of the latest age count.
 *
 * @param marks by source; a source that has said nothing is absent
 */
record Floors(Map<Source, Mark> marks) {
  /** Sources that are remembered. */
  static final Set<Source> REMEMBERED =
      Set.of(Source.TUF_TIMESTAMP, Source.TRANSPARENCY_LOG, Source.HOST);

  /** What only an online key says holds up to this far past what needs none. */
  static final Duration BELIEVED_AHEAD = Duration.ofDays(3653);

  static final Floors NONE = new Floors(Map.of());

  /**
   * What one source has said.
   *
   * @param age how often the source was forgotten
   * @param time the latest time since
   */
  record Mark(long age, Instant time) {
    Mark mergedWith(Mark other) {
      if (age != other.age) {
        return age > other.age ? this : other;
      }
      return time.isBefore(other.time) ? other : this;
    }
  }

  Floors {
    Map<Source, Mark> sorted = new EnumMap<>(Source.class);
    sorted.putAll(marks);
    marks = Collections.unmodifiableMap(sorted);
  }

  Floors mergedWith(Floors other) {
    Map<Source, Mark> merged = new EnumMap<>(Source.class);
    merged.putAll(marks);
    other.marks.forEach((source, mark) -> merged.merge(source, mark, Mark::mergedWith));
    return new Floors(merged);
  }

  Floors raisedTo(Source source, Instant time) {
    return mergedWith(new Floors(Map.of(source, new Mark(ageOf(source), time))));
  }

  Floors without(Source source) {
    return mergedWith(
        new Floors(Map.of(source, new Mark(Math.incrementExact(ageOf(source)), Instant.EPOCH))));
  }

  private long ageOf(Source source) {
    Mark mark = marks.get(source);
    return mark == null ? 0 : mark.age;
  }

  /** Returns whether a source may say that it is this late. */
  boolean believes(Source source, Instant time, Instant built) {
    if (source == Source.HOST) {
      return true;
    }
    Mark host = marks.get(Source.HOST);
    Instant offline = host == null || host.time.isBefore(built) ? built : host.time;
    return Duration.between(offline, time).compareTo(BELIEVED_AHEAD) <= 0;
  }

  /** Returns the time before which it cannot be, and who says so. */
  Map.Entry<Source, Instant> highest(Instant built) {
    return Stream.concat(
            Stream.of(Map.entry(Source.BUILD, built)),
            marks.entrySet().stream()
                .map(e -> Map.entry(e.getKey(), e.getValue().time))
                .filter(e -> believes(e.getKey(), e.getValue(), built)))
        .reduce((a, b) -> b.getValue().isAfter(a.getValue()) ? b : a)
        .orElseThrow();
  }
}
