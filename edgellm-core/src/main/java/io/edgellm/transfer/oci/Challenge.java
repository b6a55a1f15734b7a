package io.edgellm.transfer.oci;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One way in which a server wants to be told who asks: a challenge of {@code WWW-Authenticate},
 * after RFC 9110, section 11.
 *
 * @param scheme in lower case
 * @param parameters by names in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {
  private static final int MAX_LENGTH = 4096;
  private static final String TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]++";
  private static final Pattern PARAMETER =
      Pattern.compile(
          "(" + TOKEN + ")\\s*+=\\s*+(?:\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\"|([^\\s\",]++))");
  private static final Pattern SCHEME = Pattern.compile(TOKEN);
  private static final Pattern SEPARATOR = Pattern.compile("[\\s,]*+");

  /** Reads the values of all headers; what cannot be read is no challenge, and ends its header. */
  static List<Challenge> parse(List<String> headers) {
    List<Challenge> challenges = new ArrayList<>();
    for (String header : headers) {
      if (header.length() <= MAX_LENGTH) {
        parse(header, challenges);
      }
    }
    return List.copyOf(challenges);
  }

  private static void parse(String header, List<Challenge> into) {
    int at = 0;
    Optional<Challenge> current = Optional.empty();
    while (true) {
      at = end(SEPARATOR, header, at);
      Matcher parameter = PARAMETER.matcher(header).region(at, header.length());
      if (parameter.lookingAt() && current.isPresent()) {
        current.get().parameters.putIfAbsent(lower(parameter.group(1)), value(parameter));
        at = parameter.end();
      } else {
        int end = end(SCHEME, header, at);
        if (end == at) {
          return;
        }
        current = Optional.of(new Challenge(lower(header.substring(at, end)), new HashMap<>()));
        into.add(current.get());
        at = end;
      }
    }
  }

  private static int end(Pattern pattern, String text, int at) {
    Matcher matcher = pattern.matcher(text).region(at, text.length());
    return matcher.lookingAt() ? matcher.end() : at;
  }

  private static String value(Matcher parameter) {
    return parameter.group(3) != null
        ? parameter.group(3)
        : parameter.group(2).replaceAll("\\\\(.)", "$1");
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  static Optional<Challenge> find(List<Challenge> challenges, String scheme) {
    return challenges.stream().filter(c -> c.scheme.equals(scheme)).findFirst();
  }

  Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name));
  }
}
