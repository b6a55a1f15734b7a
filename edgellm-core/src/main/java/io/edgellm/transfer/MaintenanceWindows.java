package io.edgellm.transfer;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When large files may come, in the local time of a place.
 *
 * <p>A local time that the clocks skip in spring is taken for one that is as much later; of one
 * that comes twice in autumn the first is meant. A window that would end before it begins, because
 * its beginning was skipped, does not open that day.
 *
 * @param zone the place
 * @param windows one of which must be open; none at all means never
 */
public record MaintenanceWindows(ZoneId zone, List<Window> windows) {
  /** A window may open once a week, and a day may be skipped because of the clocks. */
  private static final int SEARCHED_DAYS = 15;

  /**
   * A part of a day.
   *
   * @param days the days on which it begins
   * @param from when it begins
   * @param to when it ends; on the next day if that is not after {@code from}, so that equal times
   *     mean a whole day
   */
  public record Window(Set<DayOfWeek> days, LocalTime from, LocalTime to) {
    /** Copies the days; there is at least one. */
    public Window {
      if (days.isEmpty()) {
        throw new IllegalArgumentException("A window without a day never opens: leave it out.");
      }
      days = Set.copyOf(days);
    }

    private Optional<Opening> on(LocalDate day, ZoneId zone) {
      if (!days.contains(day.getDayOfWeek())) {
        return Optional.empty();
      }
      LocalDate lastDay = to.isAfter(from) ? day : day.plusDays(1);
      Instant begin = ZonedDateTime.of(day, from, zone).toInstant();
      Instant end = ZonedDateTime.of(lastDay, to, zone).toInstant();
      return begin.isBefore(end) ? Optional.of(new Opening(begin, end)) : Optional.empty();
    }
  }

  private record Opening(Instant begin, Instant end) {
    boolean contains(Instant instant) {
      return !instant.isBefore(begin) && instant.isBefore(end);
    }
  }

  /** Copies the list. */
  public MaintenanceWindows {
    windows = List.copyOf(windows);
  }

  /** Returns the windows that are always open. */
  public static MaintenanceWindows always() {
    return daily(LocalTime.MIDNIGHT, LocalTime.MIDNIGHT, ZoneOffset.UTC);
  }

  /** Returns a window of every day. */
  public static MaintenanceWindows daily(LocalTime from, LocalTime to, ZoneId zone) {
    return new MaintenanceWindows(
        zone, List.of(new Window(EnumSet.allOf(DayOfWeek.class), from, to)));
  }

  /** Returns whether a window is open. */
  public boolean areOpen(Instant now) {
    return nextOpening(now).filter(now::equals).isPresent();
  }

  /**
   * Returns when a window is open the next time: now, if one is.
   *
   * @return empty if none ever opens
   */
  public Optional<Instant> nextOpening(Instant now) {
    LocalDate yesterday = LocalDate.ofInstant(now, zone).minusDays(1);
    @Nullable Instant next = null;
    for (Window window : windows) {
      for (int day = 0; day < SEARCHED_DAYS; day++) {
        Optional<Opening> opening = window.on(yesterday.plusDays(day), zone);
        if (opening.isPresent() && opening.get().contains(now)) {
          return Optional.of(now);
        }
        if (opening.isPresent() && opening.get().begin().isAfter(now)) {
          next = earlier(next, opening.get().begin());
          break;
        }
      }
    }
    return Optional.ofNullable(next);
  }

  private static Instant earlier(@Nullable Instant one, Instant other) {
    return one == null || other.isBefore(one) ? other : one;
  }
}
