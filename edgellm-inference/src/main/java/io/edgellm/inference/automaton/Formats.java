package io.edgellm.inference.automaton;

import java.util.List;
import java.util.Optional;

/**
 * The formats of JSON Schema 2020-12 that are regular languages, for texts that are to be made and
 * not only judged: where a standard leaves room that readers differ on, the language is the part
 * that all of them take.
 *
 * <ul>
 *   <li>{@code date}, {@code time}, {@code date-time} (RFC 3339): days exist in their months and
 *       years, no leap seconds, at most nine digits of a second, {@code T} and {@code Z} in upper
 *       case; {@code duration} (its appendix A), numbers of up to nine digits
 *   <li>{@code hostname} (RFC 1123): labels of up to 63 characters, four of them, or eight of up to
 *       30, which keeps the length below 254; no {@code --} where internationalized names have it
 *   <li>{@code email} (RFC 5321): a local part without quotes, and a host name; at most 254
 *       characters
 *   <li>{@code ipv4}, {@code ipv6} (RFC 3986, without zones), {@code uuid} (RFC 4122)
 *   <li>{@code uri}, {@code uri-reference} (RFC 3986, without the addresses of future versions)
 *   <li>{@code json-pointer} (RFC 6901), {@code relative-json-pointer}
 * </ul>
 *
 * <p>What a {@code regex} is cannot be told by a finite automaton, and the internationalized
 * formats depend on tables of Unicode: those have no language here.
 */
public final class Formats {
  private static final String DATE =
      "(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])"
          + "|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))"
          + "|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)";

  /** As far as the offsets of java.time go; those of clocks end at 14 hours. */
  private static final String OFFSET = "(?:(?:0\\d|1[0-7]):[0-5]\\d|18:00)";

  private static final String HOUR_AND_MINUTE = "(?:[01]\\d|2[0-3]):[0-5]\\d";
  private static final String TIME =
      HOUR_AND_MINUTE + ":[0-5]\\d(?:[.]\\d{1,9})?(?:Z|[+-]" + OFFSET + ")";
  private static final String POINTER = "(?:/(?:[^/~]|~[01])*)*";

  private Formats() {}

  /** Returns the names that have a language. */
  public static List<String> names() {
    return List.of(
        "date",
        "time",
        "date-time",
        "duration",
        "hostname",
        "email",
        "ipv4",
        "ipv6",
        "uuid",
        "uri",
        "uri-reference",
        "json-pointer",
        "relative-json-pointer");
  }

  /** Returns the texts of a format; empty if there is none of this name, or it is not regular. */
  public static Optional<Language> named(String name) {
    return pattern(name).map(Language::regex);
  }

  private static Optional<String> pattern(String name) {
    return Optional.ofNullable(
        switch (name) {
          case "date" -> DATE;
          case "time" -> TIME;
          case "date-time" -> DATE + "T" + TIME;
          case "duration" -> duration();
          case "hostname" -> HostPatterns.name();
          case "email" -> HostPatterns.email();
          case "ipv4" -> HostPatterns.IPV4;
          case "ipv6" -> HostPatterns.ipv6();
          case "uuid" -> "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";
          case "uri" -> UriPatterns.uri();
          case "uri-reference" -> UriPatterns.reference();
          case "json-pointer" -> POINTER;
          case "relative-json-pointer" -> "(?:0|[1-9]\\d*)(?:#|" + POINTER + ")";
          default -> null;
        });
  }

  private static String duration() {
    String number = "\\d{1,9}";
    String second = number + "S";
    String minute = number + "M(?:" + second + ")?";
    String hour = number + "H(?:" + minute + ")?";
    String time = "T(?:" + hour + "|" + minute + "|" + second + ")";
    String day = number + "D";
    String month = number + "M(?:" + day + ")?";
    String year = number + "Y(?:" + month + ")?";
    String date = "(?:" + day + "|" + month + "|" + year + ")(?:" + time + ")?";
    return "P(?:" + date + "|" + time + "|" + number + "W)";
  }
}
