package io.edgellm.inference.schema;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.inference.automaton.IllegalPatternException;
import io.edgellm.inference.automaton.Language;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Reads {@code const} and {@code enum}: single values of any type. */
final class Constants {
  private final SchemaDocument document;
  private final SchemaNode node;
  private final Fields fields;

  Constants(SchemaDocument document, SchemaNode node) {
    this.document = document;
    this.node = node;
    this.fields = new Fields(node);
  }

  ValueSet read(String keyword) {
    JsonNode given = node.json().path(keyword);
    fields.checkNumbers(keyword, given);
    if (keyword.equals("const")) {
      return value(SchemaNode.step(keyword), given);
    }
    return values(keyword, fields.elements(keyword));
  }

  /** Strings become one language at once: there may be thousands. */
  private ValueSet values(String keyword, List<JsonNode> elements) {
    TreeSet<String> texts = new TreeSet<>();
    ValueSet values = ValueSet.NONE;
    for (int i = 0; i < elements.size(); i++) {
      if (elements.get(i).isTextual()) {
        texts.add(elements.get(i).textValue());
      } else {
        values = values.union(value(SchemaNode.step(keyword) + "/" + i, elements.get(i)));
      }
    }
    return texts.isEmpty() ? values : values.withStrings(strings(keyword, texts));
  }

  private StringSet strings(String keyword, Collection<String> texts) {
    try {
      return StringSet.of(Language.of(texts));
    } catch (IllegalPatternException e) {
      throw fields.refusal(keyword, String.valueOf(e.getMessage()));
    }
  }

  private ValueSet value(String path, JsonNode value) {
    return switch (value.getNodeType()) {
      case NULL -> ValueSet.NULL;
      case BOOLEAN -> ValueSet.of(value.booleanValue());
      case NUMBER -> ValueSet.NONE.withNumbers(NumberSet.of(value.decimalValue()));
      case STRING -> ValueSet.NONE.withStrings(strings("const", List.of(value.textValue())));
      case ARRAY -> ValueSet.of(array(path, value));
      case OBJECT -> ValueSet.of(object(path, value));
      default -> throw new IllegalStateException("not a value of JSON");
    };
  }

  private ArrayShape array(String path, JsonNode value) {
    List<Conjunction> items = new ArrayList<>();
    for (int i = 0; i < value.size(); i++) {
      items.add(document.constant(node, path + "/" + i, value.get(i)));
    }
    return new ArrayShape(items, Conjunction.FALSE, items.size(), items.size(), false);
  }

  private ObjectShape object(String path, JsonNode value) {
    Map<String, Conjunction> members = new LinkedHashMap<>();
    value
        .properties()
        .forEach(
            member ->
                members.put(
                    member.getKey(),
                    document.constant(
                        node, path + SchemaNode.step(member.getKey()), member.getValue())));
    return new ObjectShape(members, List.of(), members.keySet(), 0, ObjectShape.UNBOUNDED);
  }
}
