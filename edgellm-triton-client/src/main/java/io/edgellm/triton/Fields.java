package io.edgellm.triton;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object of an answer, read field by field: what is absent or of another type is a PROTOCOL
 * error that names the field. Fields that nobody asks for are ignored, since newer servers add
 * some.
 */
record Fields(JsonNode object, String at) {

  static Fields of(JsonNode value, String path) {
    return new Fields(value, path).requireObject();
  }

  private Fields requireObject() {
    if (!object.isObject()) {
      throw TritonException.protocol("The answer must have an object at " + at + ".", at);
    }
    return this;
  }

  boolean has(String name) {
    return object.hasNonNull(name);
  }

  String text(String name) {
    JsonNode value = object.path(name);
    if (!value.isTextual()) {
      throw wrong(name, "a string");
    }
    return value.textValue();
  }

  @Nullable String textOrNull(String name) {
    return has(name) ? text(name) : null;
  }

  String textOr(String name, String absent) {
    return has(name) ? text(name) : absent;
  }

  long whole(String name) {
    return wholeOf(object.path(name), name);
  }

  long wholeOr(String name, long absent) {
    return has(name) ? whole(name) : absent;
  }

  boolean flagOr(String name, boolean absent) {
    if (!has(name)) {
      return absent;
    }
    if (!object.path(name).isBoolean()) {
      throw wrong(name, "true or false");
    }
    return object.path(name).booleanValue();
  }

  Fields child(String name) {
    return new Fields(object.path(name), at + "/" + name).requireObject();
  }

  List<Long> wholes(String name) {
    return each(name, value -> wholeOf(value, name));
  }

  List<String> texts(String name) {
    return each(
        name,
        value -> {
          if (!value.isTextual()) {
            throw wrong(name, "strings");
          }
          return value.textValue();
        });
  }

  <T> List<T> objects(String name, Function<Fields, T> reader) {
    return each(name, value -> reader.apply(of(value, at + "/" + name)));
  }

  /** As {@link #objects}, empty where the field is absent. */
  <T> List<T> objectsOrNone(String name, Function<Fields, T> reader) {
    return has(name) ? objects(name, reader) : List.of();
  }

  /** The members of a nested object, in their order; empty where it is absent. */
  <T> Map<String, T> membersOrNone(String name, Function<JsonNode, T> reader) {
    Map<String, T> members = new LinkedHashMap<>();
    if (has(name)) {
      for (Map.Entry<String, JsonNode> member : child(name).object.properties()) {
        members.put(member.getKey(), reader.apply(member.getValue()));
      }
    }
    return members;
  }

  /** The protobuf mapping of JSON writes 64-bit numbers as strings, so both are read. */
  private long wholeOf(JsonNode value, String name) {
    if (value.isIntegralNumber() && value.canConvertToLong()) {
      return value.longValue();
    }
    if (value.isTextual()) {
      try {
        return Long.parseLong(value.textValue());
      } catch (NumberFormatException e) {
        throw wrong(name, "a whole number");
      }
    }
    throw wrong(name, "a whole number");
  }

  private <T> List<T> each(String name, Function<JsonNode, T> reader) {
    JsonNode array = object.path(name);
    if (!array.isArray()) {
      throw wrong(name, "a list");
    }
    List<T> values = new ArrayList<>(array.size());
    for (JsonNode value : array) {
      values.add(reader.apply(value));
    }
    return List.copyOf(values);
  }

  TritonException wrong(String name, String expected) {
    return TritonException.protocol(
        "The answer must have " + expected + " at " + Answer.printable(at + "/" + name) + ".",
        Answer.printable(at + "/" + name));
  }
}
