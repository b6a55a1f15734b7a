package io.edgellm.inference.automaton;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FormatsTest {
  private static final long SEED = 20_260_305;

  private static Language format(String name) {
    return Formats.named(name).orElseThrow();
  }

  @Test
  void everyDayOfFourHundredYearsIsADateAndNoOtherDay() {
    Language dates = format("date");
    for (int year = 1900; year < 2300; year++) {
      for (int month = 0; month <= 13; month++) {
        for (int day = 27; day <= 32; day++) {
          String text = "%04d-%02d-%02d".formatted(year, month, day);
          assertThat(dates.contains(text)).as(text).isEqualTo(isDate(text));
        }
      }
    }
  }

  private static boolean isDate(String text) {
    try {
      LocalDate.parse(text);
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }

  @Test
  void javaReadsTheTimesThatItsOffsetsReach() {
    forRandomWords(format("time"), OffsetTime::parse);
    forRandomWords(format("date-time"), OffsetDateTime::parse);
  }

  @Test
  void javaReadsDurations() {
    Language hasDate = Language.regex("P\\d.*");
    Language noTime = Language.regex("[^T]*");
    forRandomWords(format("duration").minus(hasDate), Duration::parse);
    forRandomWords(format("duration").intersect(noTime), Period::parse);
  }

  @Test
  void javaReadsUuids() {
    forRandomWords(
        format("uuid"),
        text -> assertThat(UUID.fromString(text)).hasToString(text.toLowerCase(Locale.ROOT)));
  }

  @Test
  void javaReadsUris() {
    Language withPath = Language.regex("[^:/?#]+:(?://[a-z0-9]+)?/.*");
    forRandomWords(format("uri").intersect(withPath), URI::create);
  }

  private static void forRandomWords(Language language, Consumer<String> reader) {
    Random random = new Random(SEED);
    ByteAutomaton automaton = language.utf8();
    for (int i = 0; i < 100; i++) {
      String text = new String(RandomWord.of(automaton, random, 30), UTF_8);
      assertThatCode(() -> reader.accept(text))
          .as("seed %d: %s", SEED, text)
          .doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "date, 2024-02-29",
    "date, 2000-02-29",
    "time, 23:59:59.123456789-00:00",
    "time, 08:30:06Z",
    "date-time, 1985-04-12T23:20:50.52Z",
    "date-time, 1990-12-31T15:59:59-08:00",
    "duration, P4DT12H30M5S",
    "duration, PT0S",
    "duration, P4W",
    "duration, P1Y2M",
    "hostname, www.example.com",
    "hostname, localhost",
    "hostname, ip-10-0-0-1.us-west-2.compute.internal",
    "hostname, xn4.a-b",
    "email, joe.bloggs+tag@example.com",
    "email, te~st@localhost",
    "ipv4, 192.168.0.1",
    "ipv4, 255.255.255.255",
    "ipv6, ::",
    "ipv6, ::1",
    "ipv6, 1:2:3:4:5:6:7:8",
    "ipv6, 1::8",
    "ipv6, ::ffff:192.0.2.1",
    "ipv6, 1:2:3:4:5:6:7::",
    "ipv6, fe80::a",
    "uuid, 2EB8AA08-AA98-11EA-B4AA-73B441D16380",
    "uri, http://foo.bar/?baz=qux#quux",
    "uri, http://user:p%20w@[2001:db8::7]:80/c=GB?objectClass?one",
    "uri, mailto:John.Doe@example.com",
    "uri, urn:oasis:names:specification:docbook:dtd:xml:4.1.2",
    "uri, file:///etc/hosts",
    "uri, tel:+1-816-555-1212",
    "uri-reference, //foo.bar/x",
    "uri-reference, ../a/b?c#d",
    "uri-reference, ''",
    "uri-reference, a:b",
    "json-pointer, /foo/bar~0/baz~1/%a",
    "json-pointer, ''",
    "relative-json-pointer, 0#",
    "relative-json-pointer, 12/foo",
  })
  void takes(String name, String text) {
    assertThat(format(name).contains(text)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "date, 2023-02-29",
    "date, 1900-02-29",
    "date, 2024-04-31",
    "date, 24-01-01",
    "time, 24:00:00Z",
    "time, 08:30:06",
    "time, 08:60:06Z",
    "time, 08:30:60Z",
    "date-time, 1985-04-12 23:20:50Z",
    "date-time, 1990-02-31T15:59:59.123-08:00",
    "duration, P",
    "duration, PT",
    "duration, P1Y2D",
    "duration, P1W2D",
    "duration, PT1D",
    "hostname, -bad",
    "hostname, bad-",
    "hostname, a..b",
    "hostname, ''",
    "hostname, xn--x",
    "hostname, not_valid",
    "email, @example.com",
    "email, a@",
    "email, .a@example.com",
    "email, a..b@example.com",
    "email, a b@example.com",
    "ipv4, 256.0.0.1",
    "ipv4, 1.2.3",
    "ipv4, 01.2.3.4",
    "ipv6, 1:2:3:4:5:6:7:8:9",
    "ipv6, 1::2::3",
    "ipv6, 12345::",
    "ipv6, :2:3:4:5:6:7:8",
    "ipv6, 1:2:3:4:5:6:7:8::",
    "ipv6, fe80::a%eth1",
    "uuid, 2eb8aa08-aa98-11ea-b4aa73b441d16380",
    "uri, //foo.bar/x",
    "uri, abc",
    "uri, http://a b",
    "uri, http://foo/%zz",
    "uri, http://[::1",
    "uri, 'http:// shouldfail.com'",
    "uri-reference, a\\b",
    "uri-reference, ':a'",
    "json-pointer, foo",
    "json-pointer, /foo/bar~",
    "json-pointer, /~2",
    "relative-json-pointer, /foo",
    "relative-json-pointer, 01",
    "relative-json-pointer, -1/foo",
  })
  void refuses(String name, String text) {
    assertThat(format(name).contains(text)).isFalse();
  }

  @Test
  void lengthsOfNamesAreBounded() {
    assertThat(format("hostname").longest()).isEqualTo(253);
    assertThat(format("email").longest()).isEqualTo(254);
    assertThat(format("hostname").contains("a".repeat(64))).isFalse();
    assertThat(format("email").contains("a".repeat(65) + "@b")).isFalse();
  }

  @Test
  void everyFormatIsSmall() {
    for (String name : Formats.names()) {
      assertThat(format(name).utf8().states()).as(name).isBetween(5, 3_000);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"regex", "idn-hostname", "iri", "unknown", ""})
  void hasNoLanguageForWhatIsNotRegular(String name) {
    assertThat(Formats.named(name)).isEmpty();
  }
}
