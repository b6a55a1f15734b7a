package io.edgellm.inference.automaton;

/** Regular expressions for the rules of RFC 3986, appendix A, under their names there. */
final class UriPatterns {
  private static final String PCT_ENCODED = "|%[0-9a-fA-F]{2})";
  private static final String PLAIN = "a-zA-Z0-9._~!$&'()*+,;=-";
  private static final String PCHAR = "(?:[:@" + PLAIN + "]" + PCT_ENCODED;
  private static final String SEGMENTS = "(?:/" + PCHAR + "*)*";
  private static final String PATH_ABSOLUTE = "/(?:" + PCHAR + "+" + SEGMENTS + ")?";
  private static final String PATH_ROOTLESS = PCHAR + "+" + SEGMENTS;
  private static final String PATH_NOSCHEME = "(?:[@" + PLAIN + "]" + PCT_ENCODED + "+" + SEGMENTS;
  private static final String REST = "(?:[/?:@" + PLAIN + "]" + PCT_ENCODED + "*";
  private static final String QUERY_AND_FRAGMENT = "(?:[?]" + REST + ")?(?:#" + REST + ")?";

  private UriPatterns() {}

  static String uri() {
    return "(?:[a-zA-Z][a-zA-Z0-9+.-]*:" + hierarchy(PATH_ROOTLESS) + QUERY_AND_FRAGMENT + ")";
  }

  static String reference() {
    return "(?:" + uri() + "|" + hierarchy(PATH_NOSCHEME) + QUERY_AND_FRAGMENT + ")";
  }

  private static String hierarchy(String relativePath) {
    return "(?://" + authority() + SEGMENTS + "|" + PATH_ABSOLUTE + "|" + relativePath + "|)";
  }

  private static String authority() {
    String userinfo = "(?:[:" + PLAIN + "]" + PCT_ENCODED + "*@";
    String host = "(?:\\[" + HostPatterns.ipv6() + "\\]|(?:[" + PLAIN + "]" + PCT_ENCODED + "*)";
    return "(?:" + userinfo + ")?" + host + "(?::\\d{0,5})?";
  }
}
