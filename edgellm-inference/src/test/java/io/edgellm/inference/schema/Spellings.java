package io.edgellm.inference.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The compact texts of a JSON value with its members in every order, up to a bound. */
final class Spellings {
  private static final int MOST = 2_000;

  private Spellings() {}

  static List<String> of(JsonNode value) {
    if (value.isObject()) {
      Map<String, JsonNode> members = new LinkedHashMap<>();
      value.properties().forEach(e -> members.put(e.getKey(), e.getValue()));
      List<String> texts = new ArrayList<>();
      permute(members, "", texts);
      return texts.stream().map(text -> "{" + text + "}").toList();
    }
    if (value.isArray()) {
      List<String> texts = List.of("");
      for (JsonNode item : value) {
        texts = joined(texts, of(item));
      }
      return texts.stream().map(text -> "[" + text + "]").toList();
    }
    return List.of(value.isBigDecimal() ? value.decimalValue().toPlainString() : value.toString());
  }

  private static void permute(Map<String, JsonNode> members, String before, List<String> texts) {
    if (members.isEmpty()) {
      texts.add(before);
    }
    for (Map.Entry<String, JsonNode> member : members.entrySet()) {
      Map<String, JsonNode> others = new LinkedHashMap<>(members);
      others.remove(member.getKey());
      for (String text : of(member.getValue())) {
        if (texts.size() < MOST) {
          String name = CompiledSchema.JSON.getNodeFactory().textNode(member.getKey()).toString();
          String separator = before.isEmpty() ? "" : ",";
          permute(others, before + separator + name + ":" + text, texts);
        }
      }
    }
  }

  private static List<String> joined(List<String> texts, List<String> items) {
    List<String> joined = new ArrayList<>();
    for (String text : texts) {
      for (String item : items) {
        if (joined.size() < MOST) {
          joined.add(text.isEmpty() ? item : text + "," + item);
        }
      }
    }
    return joined;
  }
}
