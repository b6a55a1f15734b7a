package io.edgellm.inference.schema;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.llm.InferenceException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** The keywords of one schema as values of the types that they must have; others are refused. */
record Fields(SchemaNode node) {
  /** Longer numbers are no limits that an answer is measured by, but a way to fill the memory. */
  private static final int MOST_DIGITS = 100;

  boolean has(String keyword) {
    return node.json().has(keyword);
  }

  Optional<JsonNode> value(String keyword) {
    return Optional.ofNullable(node.json().get(keyword));
  }

  /** Returns a number of things; one that is beyond an int as the largest int but one. */
  OptionalInt count(String keyword) {
    Optional<BigDecimal> number = number(keyword);
    if (number.isEmpty()) {
      return OptionalInt.empty();
    }
    if (number.get().signum() < 0 || number.get().stripTrailingZeros().scale() > 0) {
      throw refusal(keyword, "it is not a whole number from 0 on; correct it.");
    }
    return OptionalInt.of(
        number.get().min(BigDecimal.valueOf(Integer.MAX_VALUE - 1)).intValueExact());
  }

  Optional<BigDecimal> number(String keyword) {
    return value(keyword)
        .map(
            value -> {
              if (!value.isNumber()) {
                throw refusal(keyword, "it is not a number; correct it.");
              }
              return bounded(keyword, value.decimalValue());
            });
  }

  private BigDecimal bounded(String keyword, BigDecimal number) {
    if (number.precision() > MOST_DIGITS || Math.abs((long) number.scale()) > MOST_DIGITS) {
      throw refusal(keyword, "numbers have at most " + MOST_DIGITS + " digits; shorten it.");
    }
    return number;
  }

  /** Refuses a constant with a number that is too long. */
  void checkNumbers(String keyword, JsonNode value) {
    if (value.isNumber()) {
      bounded(keyword, value.decimalValue());
    }
    value.forEach(inner -> checkNumbers(keyword, inner));
  }

  Optional<String> text(String keyword) {
    return value(keyword)
        .map(
            value -> {
              if (!value.isTextual()) {
                throw refusal(keyword, "it is not a string; correct it.");
              }
              return value.textValue();
            });
  }

  boolean flag(String keyword) {
    Optional<JsonNode> value = value(keyword);
    if (value.isPresent() && !value.get().isBoolean()) {
      throw refusal(keyword, "it is neither true nor false; correct it.");
    }
    return value.isPresent() && value.get().booleanValue();
  }

  /** Returns the strings of an array; none if the keyword is not there. */
  Set<String> names(String keyword) {
    return value(keyword).map(value -> names(keyword, value)).orElse(Set.of());
  }

  Set<String> names(String keyword, JsonNode value) {
    Set<String> names = new LinkedHashSet<>();
    for (JsonNode name : value) {
      if (!name.isTextual()) {
        throw refusal(keyword, "it is not an array of strings; correct it.");
      }
      names.add(name.textValue());
    }
    if (!value.isArray()) {
      throw refusal(keyword, "it is not an array of strings; correct it.");
    }
    return names;
  }

  /** Returns the elements of an array; none if the keyword is not there. */
  List<JsonNode> elements(String keyword) {
    List<JsonNode> elements = new ArrayList<>();
    value(keyword)
        .ifPresent(
            value -> {
              if (!value.isArray()) {
                throw refusal(keyword, "it is not an array; correct it.");
              }
              value.forEach(elements::add);
            });
    return elements;
  }

  /** Returns the members of an object; none if the keyword is not there. */
  Map<String, JsonNode> members(String keyword) {
    Map<String, JsonNode> members = new LinkedHashMap<>();
    value(keyword)
        .ifPresent(
            value -> {
              if (!value.isObject()) {
                throw refusal(keyword, "it is not an object; correct it.");
              }
              value.properties().forEach(e -> members.put(e.getKey(), e.getValue()));
            });
    return members;
  }

  InferenceException refusal(String keyword, String why) {
    return Refusal.of(node, keyword, why);
  }
}
