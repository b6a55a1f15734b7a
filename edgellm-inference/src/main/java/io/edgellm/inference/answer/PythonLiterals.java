package io.edgellm.inference.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads Python's literals as JSON: strings, numbers, {@code True}, {@code False}, {@code None},
 * lists, tuples and dictionaries with strings as keys. Expressions are refused; nothing is ever
 * evaluated.
 */
final class PythonLiterals {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][-+]?\\d+)?");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final String text;
  private int place;

  PythonLiterals(String text) {
    this.text = text;
  }

  /** Reads {@code a=1, b="x"}, all of the text. */
  ObjectNode keywords() throws MalformedCallException {
    ObjectNode arguments = NODES.objectNode();
    skipBlanks();
    while (place < text.length()) {
      String name = name();
      skipBlanks();
      require('=');
      put(arguments, name, value());
      skipBlanks();
      if (place < text.length()) {
        require(',');
        skipBlanks();
      }
    }
    return arguments;
  }

  private JsonNode value() throws MalformedCallException {
    skipBlanks();
    char c = peek();
    if (c == '"' || c == '\'') {
      return string();
    } else if (c == '[' || c == '(') {
      return list(c == '[' ? ']' : ')');
    } else if (c == '{') {
      return dictionary();
    } else if ((c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.') {
      return number();
    }
    return switch (name()) {
      case "True", "true" -> BooleanNode.TRUE;
      case "False", "false" -> BooleanNode.FALSE;
      case "None", "null" -> NullNode.instance;
      default -> throw new MalformedCallException("its arguments are not all literals");
    };
  }

  private JsonNode number() throws MalformedCallException {
    Matcher matcher = NUMBER.matcher(text).region(place, text.length());
    if (!matcher.lookingAt()) {
      throw new MalformedCallException("one of its numbers is none");
    }
    place = matcher.end();
    String digits = matcher.group();
    digits = digits.startsWith("+") ? digits.substring(1) : digits;
    digits = digits.replaceFirst("^(-?)\\.", "$10.").replaceFirst("\\.(?=$|[eE])", ".0");
    return CallJson.parse(digits);
  }

  private JsonNode list(char close) throws MalformedCallException {
    place++;
    ArrayNode list = NODES.arrayNode();
    skipBlanks();
    while (peek() != close) {
      list.add(value());
      comma(close);
    }
    place++;
    return list;
  }

  private JsonNode dictionary() throws MalformedCallException {
    place++;
    ObjectNode dictionary = NODES.objectNode();
    skipBlanks();
    while (peek() != '}') {
      JsonNode key = value();
      if (!key.isTextual()) {
        throw new MalformedCallException("a key of its dictionaries is no string");
      }
      skipBlanks();
      require(':');
      put(dictionary, key.textValue(), value());
      comma('}');
    }
    place++;
    return dictionary;
  }

  private void comma(char close) throws MalformedCallException {
    skipBlanks();
    if (peek() != close) {
      require(',');
      skipBlanks();
    }
  }

  private static void put(ObjectNode object, String name, JsonNode value)
      throws MalformedCallException {
    if (object.putIfAbsent(name, value) != null) {
      throw new MalformedCallException("'" + name + "' is given twice");
    }
  }

  private JsonNode string() throws MalformedCallException {
    char quote = text.charAt(place++);
    StringBuilder string = new StringBuilder();
    while (peek() != quote) {
      char c = text.charAt(place++);
      if (c == '\n' || c == '\r') {
        throw new MalformedCallException("one of its strings goes over the end of a line");
      }
      if (c == '\\') {
        escape(string);
      } else {
        string.append(c);
      }
    }
    place++;
    return TextNode.valueOf(string.toString());
  }

  private void escape(StringBuilder string) throws MalformedCallException {
    char c = peek();
    place++;
    switch (c) {
      case 'n' -> string.append('\n');
      case 't' -> string.append('\t');
      case 'r' -> string.append('\r');
      case 'b' -> string.append('\b');
      case 'f' -> string.append('\f');
      case '\\', '\'', '"', '/' -> string.append(c);
      case 'x' -> string.appendCodePoint(hex(2));
      case 'u' -> string.append((char) hex(4));
      case 'U' -> {
        int codePoint = hex(8);
        if (!Character.isValidCodePoint(codePoint)) {
          throw new MalformedCallException("one of its strings has a character that is none");
        }
        string.appendCodePoint(codePoint);
      }
      default -> string.append('\\').append(c);
    }
  }

  private int hex(int digits) throws MalformedCallException {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = Character.digit(peek(), 16);
      if (digit < 0) {
        throw new MalformedCallException("one of its strings has an escape that is none");
      }
      value = value << 4 | digit;
      place++;
    }
    return value;
  }

  private String name() throws MalformedCallException {
    Matcher matcher = NAME.matcher(text).region(place, text.length());
    if (!matcher.lookingAt()) {
      throw new MalformedCallException("its arguments are not all given by name");
    }
    place = matcher.end();
    return matcher.group();
  }

  private void require(char expected) throws MalformedCallException {
    if (peek() != expected) {
      throw new MalformedCallException("'" + expected + "' is missing in its arguments");
    }
    place++;
  }

  private char peek() throws MalformedCallException {
    if (place >= text.length()) {
      throw new MalformedCallException("its arguments are not complete");
    }
    return text.charAt(place);
  }

  private void skipBlanks() {
    while (place < text.length() && Blanks.isBlank(text.charAt(place))) {
      place++;
    }
  }
}
