package io.edgellm.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.edgellm.transfer.MaintenanceWindows.Window;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MaintenanceWindowsTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static Instant berlin(String local) {
    return LocalDateTime.parse(local).atZone(BERLIN).toInstant();
  }

  private static MaintenanceWindows daily(String from, String to) {
    return MaintenanceWindows.daily(LocalTime.parse(from), LocalTime.parse(to), BERLIN);
  }

  @ParameterizedTest
  @CsvSource({
    "01:00, 05:00, 2026-06-10T00:59:59, false",
    "01:00, 05:00, 2026-06-10T01:00:00, true",
    "01:00, 05:00, 2026-06-10T04:59:59, true",
    "01:00, 05:00, 2026-06-10T05:00:00, false",
    "22:00, 04:00, 2026-06-10T23:30:00, true",
    "22:00, 04:00, 2026-06-10T03:59:59, true",
    "22:00, 04:00, 2026-06-10T04:00:00, false",
    "00:00, 00:00, 2026-06-10T12:00:00, true",
    "06:00, 06:00, 2026-06-10T05:00:00, true"
  })
  void isOpenFromItsBeginningToBeforeItsEnd(String from, String to, String now, boolean open) {
    assertThat(daily(from, to).areOpen(berlin(now))).isEqualTo(open);
  }

  @Test
  void aWindowOverMidnightBelongsToTheDayOnWhichItBegins() {
    MaintenanceWindows friday =
        new MaintenanceWindows(
            BERLIN,
            List.of(
                new Window(
                    Set.of(DayOfWeek.FRIDAY), LocalTime.parse("22:00"), LocalTime.parse("04:00"))));
    assertThat(friday.areOpen(berlin("2026-06-13T03:00:00"))).as("Saturday at 3").isTrue();
    assertThat(friday.areOpen(berlin("2026-06-12T03:00:00"))).as("Friday at 3").isFalse();
    assertThat(friday.nextOpening(berlin("2026-06-13T04:00:00")))
        .contains(berlin("2026-06-19T22:00:00"));
  }

  @Test
  void theNextOpeningIsTheEarliestOfAllWindows() {
    MaintenanceWindows two =
        new MaintenanceWindows(
            BERLIN,
            List.of(
                new Window(
                    Set.of(DayOfWeek.SUNDAY), LocalTime.parse("10:00"), LocalTime.parse("12:00")),
                new Window(
                    Set.of(DayOfWeek.SATURDAY),
                    LocalTime.parse("20:00"),
                    LocalTime.parse("21:00"))));
    assertThat(two.nextOpening(berlin("2026-06-10T00:00:00")))
        .contains(berlin("2026-06-13T20:00:00"));
    assertThat(two.nextOpening(berlin("2026-06-13T21:00:00")))
        .contains(berlin("2026-06-14T10:00:00"));
  }

  @Test
  void theHourThatIsSkippedInSpringMovesAWindow() {
    // 2026-03-29: 02:00 is followed by 03:00.
    MaintenanceWindows windows = daily("02:15", "02:45");
    assertThat(windows.nextOpening(berlin("2026-03-29T01:00:00")))
        .contains(Instant.parse("2026-03-29T01:15:00Z"));
    assertThat(windows.areOpen(Instant.parse("2026-03-29T01:44:59Z"))).isTrue();
    assertThat(windows.areOpen(Instant.parse("2026-03-29T01:45:00Z"))).isFalse();
  }

  @Test
  void aWindowThatWouldEndBeforeItBeginsStaysShutThatDay() {
    assertThat(daily("02:30", "03:15").nextOpening(berlin("2026-03-29T01:00:00")))
        .contains(berlin("2026-03-30T02:30:00"));
  }

  @Test
  void theHourThatComesTwiceInAutumnOpensAWindowOnce() {
    // 2026-10-25: 03:00 summer time is followed by 02:00.
    MaintenanceWindows windows = daily("02:15", "02:45");
    assertThat(windows.areOpen(Instant.parse("2026-10-25T00:20:00Z"))).isTrue();
    assertThat(windows.areOpen(Instant.parse("2026-10-25T01:20:00Z"))).isFalse();
  }

  @Test
  void aWindowAroundTheChangeIsAnHourLongerInAutumn() {
    MaintenanceWindows windows = daily("01:00", "04:00");
    Instant end = berlin("2026-10-25T04:00:00");
    assertThat(Duration.between(berlin("2026-10-25T01:00:00"), end)).hasHours(4);
    assertThat(windows.areOpen(end.minusSeconds(1))).isTrue();
  }

  @Test
  void withoutAWindowItNeverOpens() {
    MaintenanceWindows never = new MaintenanceWindows(ZoneOffset.UTC, List.of());
    assertThat(never.nextOpening(Instant.EPOCH)).isEmpty();
    assertThat(never.areOpen(Instant.EPOCH)).isFalse();
  }

  @Test
  void alwaysIsAlways() {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 1000; i++) {
      Instant now = Instant.ofEpochSecond(random.nextLong(4_000_000_000L), random.nextInt(1000));
      assertThat(MaintenanceWindows.always().areOpen(now)).as("seed 5, %s", now).isTrue();
    }
  }

  @Test
  void whatOpensNextIsOpenThenAndNotBefore() {
    SplittableRandom random = new SplittableRandom(6);
    for (int i = 0; i < 500; i++) {
      MaintenanceWindows windows =
          new MaintenanceWindows(
              BERLIN,
              List.of(
                  new Window(
                      Set.of(DayOfWeek.of(1 + random.nextInt(7))),
                      LocalTime.ofSecondOfDay(random.nextInt(86_400)),
                      LocalTime.ofSecondOfDay(random.nextInt(86_400)))));
      Instant now = Instant.ofEpochSecond(1_700_000_000L + random.nextInt(100_000_000));
      Instant next = windows.nextOpening(now).orElseThrow();
      assertThat(windows.areOpen(next)).as("seed 6, %s at %s", windows, now).isTrue();
      if (next.isAfter(now)) {
        assertThat(windows.areOpen(next.minusNanos(1))).as("seed 6, %s", windows).isFalse();
        assertThat(windows.areOpen(now)).as("seed 6, %s at %s", windows, now).isFalse();
      }
    }
  }

  @Test
  void refusesAWindowWithoutADay() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Window(Set.of(), LocalTime.NOON, LocalTime.MIDNIGHT));
  }
}
