package io.edgellm.inference.schema;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Schemas of random parts, all of keywords that are supported. */
final class RandomSchema {
  private static final String[] NAMES = {"a", "b", "name", "kind", "ü"};
  private static final String[] PATTERNS = {"^[a-c]+$", "x", "^\\\\d{2,4}$", "^(yes|no)$", "[é-ü]"};

  private static final String[] FORMATS = {
    "date", "time", "date-time", "uuid", "ipv4", "ipv6", "hostname", "duration", "uri"
  };

  private final Random random;

  RandomSchema(Random random) {
    this.random = random;
  }

  String document() {
    return "{\"$defs\":{\"d\":"
        + schema(1)
        + ",\"list\":{\"type\":\"array\",\"items\":{\"anyOf\":[{\"$ref\":\"#/$defs/list\"},"
        + schema(0)
        + "]}}},\"allOf\":["
        + schema(3)
        + "]}";
  }

  private String schema(int depth) {
    return switch (random.nextInt(depth > 0 ? 14 : 6)) {
      case 0 -> constants();
      case 1, 2 -> number();
      case 3, 4 -> string();
      case 5 -> oneOf("{\"type\":\"boolean\"}", "{\"type\":\"null\"}", "true");
      case 6, 7 -> array(depth);
      case 8, 9, 10 -> object(depth);
      case 11 -> oneOf("{\"$ref\":\"#/$defs/d\"}", "{\"$ref\":\"#/$defs/list\"}");
      case 12 -> "{\"anyOf\":[" + schema(depth - 1) + "," + schema(depth - 1) + "]}";
      default -> combined(depth);
    };
  }

  private String combined(int depth) {
    return switch (random.nextInt(4)) {
      case 0 -> "{\"allOf\":[" + schema(depth - 1) + "," + schema(depth - 1) + "]}";
      case 1 -> "{\"oneOf\":[" + number() + "," + number() + "," + string() + "]}";
      case 2 -> "{\"oneOf\":[" + kind("k1", depth) + "," + kind("k2", depth) + "]}";
      default -> "{\"not\":" + oneOf(constants(), number(), string()) + "}";
    };
  }

  private String kind(String name, int depth) {
    return "{\"type\":\"object\",\"properties\":{\"kind\":{\"const\":\""
        + name
        + "\"},\"v\":"
        + schema(depth - 1)
        + "},\"required\":[\"kind\"]}";
  }

  private String constants() {
    return oneOf(
        "{\"enum\":[\"a\",\"b\\\"\\n\",1,2.5,null]}",
        "{\"const\":{\"a\":[1,\"x\"],\"b\":{}}}",
        "{\"enum\":[[1,2],[],{\"x\":false},\"ü\"]}",
        "{\"const\":\"k1\"}",
        "{\"enum\":[0,-1,100]}");
  }

  private String number() {
    List<String> keywords = new ArrayList<>();
    keywords.add("\"type\":\"" + oneOf("number", "integer") + "\"");
    if (random.nextBoolean()) {
      keywords.add(
          "\"" + oneOf("minimum", "exclusiveMinimum") + "\":" + (random.nextInt(400) - 300) / 4.0);
    }
    if (random.nextBoolean()) {
      keywords.add(
          "\"" + oneOf("maximum", "exclusiveMaximum") + "\":" + random.nextInt(3000) / 8.0);
    }
    if (random.nextInt(3) == 0) {
      keywords.add("\"multipleOf\":" + oneOf("1", "3", "0.5", "0.01", "10", "25"));
    }
    return object(keywords);
  }

  private String string() {
    List<String> keywords = new ArrayList<>();
    keywords.add("\"type\":\"string\"");
    if (random.nextInt(3) == 0) {
      keywords.add("\"pattern\":\"" + oneOf(PATTERNS) + "\"");
    }
    if (random.nextInt(3) == 0) {
      keywords.add("\"minLength\":" + random.nextInt(4));
    }
    if (random.nextInt(3) == 0) {
      keywords.add("\"maxLength\":" + random.nextInt(8));
    }
    if (random.nextInt(6) == 0) {
      keywords.add("\"format\":\"" + oneOf(FORMATS) + "\"");
    }
    return object(keywords);
  }

  private String array(int depth) {
    List<String> keywords = new ArrayList<>();
    keywords.add("\"type\":\"array\"");
    boolean unique = random.nextInt(5) == 0;
    if (unique) {
      keywords.add("\"uniqueItems\":true");
      keywords.add("\"items\":{\"enum\":[1,\"a\",null,[1]]}");
    } else {
      if (random.nextInt(3) == 0) {
        keywords.add("\"prefixItems\":[" + schema(depth - 1) + "," + schema(0) + "]");
      }
      keywords.add("\"items\":" + (random.nextInt(6) == 0 ? "false" : schema(depth - 1)));
    }
    if (random.nextInt(3) == 0) {
      keywords.add("\"minItems\":" + random.nextInt(4));
    }
    if (random.nextInt(3) == 0) {
      keywords.add("\"maxItems\":" + random.nextInt(6));
    }
    return object(keywords);
  }

  private String object(int depth) {
    List<String> keywords = new ArrayList<>();
    keywords.add("\"type\":\"object\"");
    List<String> names = new ArrayList<>(List.of(NAMES));
    Collections.shuffle(names, random);
    List<String> properties = new ArrayList<>();
    for (String name : names.subList(0, random.nextInt(names.size()))) {
      properties.add("\"" + name + "\":" + schema(depth - 1));
    }
    keywords.add("\"properties\":{" + String.join(",", properties) + "}");
    Collections.shuffle(names, random);
    List<String> required = new ArrayList<>();
    names.subList(0, random.nextInt(3)).forEach(name -> required.add("\"" + name + "\""));
    keywords.add("\"required\":" + required);
    if (random.nextBoolean()) {
      keywords.add("\"additionalProperties\":" + oneOf("false", "true", schema(0)));
    }
    if (random.nextInt(4) == 0) {
      keywords.add("\"patternProperties\":{\"^n\":" + schema(0) + ",\"e$\":" + schema(0) + "}");
    }
    if (random.nextInt(5) == 0) {
      keywords.add("\"propertyNames\":{\"maxLength\":4}");
    }
    if (random.nextInt(5) == 0) {
      keywords.add("\"minProperties\":" + random.nextInt(3));
    }
    if (random.nextInt(5) == 0) {
      keywords.add("\"maxProperties\":" + random.nextInt(5));
    }
    if (random.nextInt(6) == 0) {
      keywords.add("\"dependentRequired\":{\"a\":[\"b\"]}");
    }
    Collections.shuffle(keywords, random);
    return object(keywords);
  }

  private static String object(List<String> keywords) {
    return "{" + String.join(",", keywords) + "}";
  }

  private String oneOf(String... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
