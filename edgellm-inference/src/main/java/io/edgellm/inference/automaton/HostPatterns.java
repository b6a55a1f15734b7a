package io.edgellm.inference.automaton;

import java.util.ArrayList;
import java.util.List;

/** Regular expressions for names and addresses of hosts. */
final class HostPatterns {
  private static final String BYTE = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final String HEX = "[0-9a-fA-F]{1,4}";
  private static final String ATOM = "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+";

  static final String IPV4 = BYTE + "(?:[.]" + BYTE + "){3}";

  private HostPatterns() {}

  /** The rule IPv6address of RFC 3986: two colons once, in place of one or more zero groups. */
  static String ipv6() {
    String last = "(?:" + HEX + ":" + HEX + "|" + IPV4 + ")";
    List<String> forms = new ArrayList<>();
    forms.add("(?:" + HEX + ":){6}" + last);
    for (int before = 0; before <= 5; before++) {
      forms.add(upTo(before) + "::(?:" + HEX + ":){" + (5 - before) + "}" + last);
    }
    forms.add(upTo(6) + "::" + HEX);
    forms.add(upTo(7) + "::");
    return "(?:" + String.join("|", forms) + ")";
  }

  private static String upTo(int groups) {
    return groups == 0 ? "" : "(?:(?:" + HEX + ":){0," + (groups - 1) + "}" + HEX + ")?";
  }

  /** At most 253 characters: 3 * 64 + 61, or 8 * 31 - 1. */
  static String name() {
    return "(?:" + labels(3, 63, 61) + "|" + labels(7, 30, 30) + ")";
  }

  /** At most 254 characters: 64 + 1 + 2 * 64 + 61, or 64 + 1 + 8 * 23 - 1. */
  static String email() {
    String local = "(?=[^@]{1,64}@)" + ATOM + "(?:[.]" + ATOM + ")*";
    return local + "@(?:" + labels(2, 63, 61) + "|" + labels(7, 22, 22) + ")";
  }

  private static String labels(int before, int length, int lastLength) {
    return "(?:" + label(length) + "[.]){0," + before + "}" + label(lastLength);
  }

  private static String label(int length) {
    return "(?!..--)[a-zA-Z0-9](?:[a-zA-Z0-9-]{0," + (length - 2) + "}[a-zA-Z0-9])?";
  }
}
