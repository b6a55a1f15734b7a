package io.edgellm.transfer.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An answer of a store in XML, or an element of it: flat documents of which some words are wanted,
 * so that no parser with its entities ever sees what a server says.
 */
record S3Listing(String xml) {
  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

  static S3Listing of(byte[] utf8) {
    return new S3Listing(new String(utf8, UTF_8));
  }

  /** Returns all elements of a name; there are none within each other. */
  List<S3Listing> all(String name) {
    List<S3Listing> elements = new ArrayList<>();
    Matcher matcher =
        Pattern.compile("<" + name + ">(.*?)</" + name + ">", Pattern.DOTALL).matcher(xml);
    while (matcher.find()) {
      elements.add(new S3Listing(matcher.group(1)));
    }
    return elements;
  }

  /** Returns the text of the first element of a name. */
  Optional<String> text(String name) {
    Matcher matcher = Pattern.compile("<" + name + ">([^<]{1,4096})</" + name + ">").matcher(xml);
    return matcher.find() ? Optional.of(unescaped(matcher.group(1))) : Optional.empty();
  }

  /** Returns the number in the first element of a name; -1 if there is none. */
  long number(String name) {
    return text(name).filter(t -> NUMBER.matcher(t).matches()).map(Long::parseLong).orElse(-1L);
  }

  Optional<Instant> instant(String name) {
    try {
      return text(name).map(Instant::parse);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static String unescaped(String text) {
    return text.replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&apos;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
  }
}
