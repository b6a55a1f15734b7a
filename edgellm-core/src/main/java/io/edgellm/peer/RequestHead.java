package io.edgellm.peer;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of a request, read strictly: what two readers might understand differently is refused.
 *
 * @param method the method
 * @param target the path, as it was sent
 * @param headers the values by lower-case names
 * @param keepsConnection whether the client goes on with this connection
 */
record RequestHead(
    String method, String target, Map<String, String> headers, boolean keepsConnection) {
  static final int MAX_BYTES = 8192;
  private static final int MAX_HEADERS = 64;
  private static final Pattern FIRST_LINE =
      Pattern.compile("([A-Z]{1,16}) (/[\\x21-\\x7e]{0,1023}) HTTP/1\\.([01])");
  private static final Pattern HEADER =
      Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}):[ \\t]*([\\x20-\\x7e\\t]*?)[ \\t]*");

  RequestHead {
    headers = Map.copyOf(headers);
  }

  /** Reads a head without the empty line that ends it; empty if it is none that we answer. */
  static Optional<RequestHead> parse(byte[] bytes, int length) {
    String[] lines = new String(bytes, 0, length, StandardCharsets.ISO_8859_1).split("\r\n", -1);
    Matcher first = FIRST_LINE.matcher(lines[0]);
    if (!first.matches() || lines.length - 1 > MAX_HEADERS) {
      return Optional.empty();
    }
    Map<String, String> headers = new HashMap<>();
    for (int i = 1; i < lines.length; i++) {
      Matcher header = HEADER.matcher(lines[i]);
      if (!header.matches()
          || headers.putIfAbsent(header.group(1).toLowerCase(Locale.ROOT), header.group(2))
              != null) {
        return Optional.empty();
      }
    }
    boolean current = first.group(3).equals("1");
    if (hasBody(headers) || (current && !headers.containsKey("host"))) {
      return Optional.empty();
    }
    boolean keeps =
        current
            && !headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT).contains("close");
    return Optional.of(new RequestHead(first.group(1), first.group(2), headers, keeps));
  }

  private static boolean hasBody(Map<String, String> headers) {
    return headers.containsKey("transfer-encoding")
        || !headers.getOrDefault("content-length", "0").equals("0");
  }

  Optional<String> header(String lowerCaseName) {
    return Optional.ofNullable(headers.get(lowerCaseName));
  }
}
