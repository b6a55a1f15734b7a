package io.edgellm.inference.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the keywords about objects. */
final class ObjectKeywords {
  static final Set<String> MEMBERS =
      Set.of("properties", "additionalProperties", "patternProperties", "unevaluatedProperties");
  static final Set<String> NAMES =
      Set.of(
          "properties",
          "additionalProperties",
          "patternProperties",
          "unevaluatedProperties",
          "required",
          "propertyNames",
          "minProperties",
          "maxProperties",
          "dependentRequired",
          "dependentSchemas",
          "dependencies");

  /** Patterns cut the names into classes, in the worst case two for each that there was before. */
  private static final int MOST_CLASSES = 64;

  private final SchemaDocument document;
  private final SchemaValues values;
  private final SchemaNode node;
  private final Fields fields;

  ObjectKeywords(SchemaDocument document, SchemaValues values, SchemaNode node) {
    this.document = document;
    this.values = values;
    this.node = node;
    this.fields = new Fields(node);
  }

  ValueSet read(String keyword) {
    if (MEMBERS.contains(keyword)) {
      return objects(List.of(members()));
    }
    return switch (keyword) {
      case "required" -> objects(List.of(ObjectShape.requiring(fields.names(keyword))));
      case "propertyNames" -> names();
      case "minProperties" -> ofSize(fields.count(keyword).orElseThrow(), ObjectShape.UNBOUNDED);
      case "maxProperties" -> ofSize(0, fields.count(keyword).orElseThrow());
      default -> dependent(keyword);
    };
  }

  private ValueSet dependent(String keyword) {
    ValueSet objects = ValueSet.ALL;
    for (Map.Entry<String, JsonNode> dependency : fields.members(keyword).entrySet()) {
      boolean names = dependency.getValue().isArray() && !keyword.equals("dependentSchemas");
      objects =
          objects.intersect(
              names || keyword.equals("dependentRequired")
                  ? dependentRequired(keyword, dependency)
                  : dependentSchema(keyword, dependency));
    }
    return objects;
  }

  private static ValueSet objects(List<ObjectShape> shapes) {
    return ValueSet.ALL.withObjects(shapes);
  }

  private ObjectShape members() {
    List<NameClass> classes = classes();
    Map<String, Conjunction> properties = new LinkedHashMap<>();
    fields
        .members("properties")
        .forEach(
            (name, schema) ->
                properties.put(
                    name, document.child(node, "properties", schema).and(patterns(classes, name))));
    Conjunction additional =
        fields
            .value("additionalProperties")
            .map(schema -> document.child(node, "additionalProperties", schema))
            .orElseGet(() -> Unevaluated.of(document, node, "unevaluatedProperties", Set.of()));
    List<ObjectShape.Names> others = new ArrayList<>();
    for (NameClass some : classes) {
      Conjunction member = some.matched ? some.values : additional;
      if (!member.isFalse()) {
        others.add(new ObjectShape.Names(some.names, member));
      }
    }
    return ObjectShape.of(properties, others);
  }

  /** Names that match the same patterns, and what their members have to be because of that. */
  private record NameClass(StringSet names, boolean matched, Conjunction values) {}

  private List<NameClass> classes() {
    List<NameClass> classes = List.of(new NameClass(StringSet.ALL, false, Conjunction.TRUE));
    for (Map.Entry<String, JsonNode> e : fields.members("patternProperties").entrySet()) {
      StringSet pattern = StringKeywords.pattern(fields, "patternProperties", e.getKey());
      Conjunction member = document.child(node, "patternProperties", e.getValue());
      List<NameClass> split = new ArrayList<>();
      for (NameClass some : classes) {
        StringSet matching = some.names.intersect(pattern);
        StringSet rest = some.names.minus(pattern);
        if (!matching.isEmpty()) {
          split.add(new NameClass(matching, true, some.values.and(member)));
        }
        if (!rest.isEmpty()) {
          split.add(new NameClass(rest, some.matched, some.values));
        }
      }
      classes = split;
      if (classes.size() > MOST_CLASSES) {
        throw fields.refusal(
            "patternProperties", "the patterns overlap in too many ways; take fewer of them.");
      }
    }
    return classes;
  }

  private static Conjunction patterns(List<NameClass> classes, String name) {
    return classes.stream()
        .filter(some -> some.names.contains(name))
        .findFirst()
        .map(NameClass::values)
        .orElse(Conjunction.TRUE);
  }

  private static ValueSet ofSize(int min, int max) {
    return objects(List.of(ObjectShape.ofSize(min, max)));
  }

  private ValueSet names() {
    Conjunction names = document.child(node, "propertyNames", node.json().get("propertyNames"));
    StringSet strings = values.work(names).strings();
    List<ObjectShape.Names> others =
        strings.isEmpty() ? List.of() : List.of(new ObjectShape.Names(strings, Conjunction.TRUE));
    return objects(List.of(ObjectShape.of(Map.of(), others)));
  }

  private ValueSet dependentRequired(String keyword, Map.Entry<String, JsonNode> dependency) {
    ObjectShape with = ObjectShape.with(dependency.getKey(), Conjunction.TRUE);
    Set<String> names = fields.names(keyword, dependency.getValue());
    return objects(List.of(ObjectShape.without(dependency.getKey())))
        .union(objects(List.of(with)).intersect(objects(List.of(ObjectShape.requiring(names)))));
  }

  private ValueSet dependentSchema(String keyword, Map.Entry<String, JsonNode> dependency) {
    Conjunction dependent = document.child(node, keyword, dependency.getValue());
    ObjectShape with = ObjectShape.with(dependency.getKey(), Conjunction.TRUE);
    ValueSet present = ValueSet.of(with).intersect(values.work(dependent));
    return objects(List.of(ObjectShape.without(dependency.getKey()))).union(present);
  }
}
