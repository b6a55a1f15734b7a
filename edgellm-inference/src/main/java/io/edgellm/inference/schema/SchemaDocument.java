package io.edgellm.inference.schema;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.JsonSchema;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The schemas of one document by their places, identifiers and anchors. References are resolved in
 * the document alone; nothing is fetched.
 */
final class SchemaDocument {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  /** Where a document lies that does not say it itself. */
  private static final URI NOWHERE = URI.create("schema:/");

  private final JsonNode json;
  private final IdentityHashMap<JsonNode, SchemaNode> nodes = new IdentityHashMap<>();
  private final Map<URI, SchemaNode> resources = new HashMap<>();
  private final Map<URI, SchemaNode> anchors = new HashMap<>();
  private final Map<String, SchemaNode> constants = new HashMap<>();

  private SchemaDocument(JsonNode json) {
    this.json = json;
  }

  /**
   * @throws InferenceException INVALID_CONSTRAINT if a schema is none, has an unknown keyword, or
   *     an identifier that is given twice or is not an address
   */
  static SchemaDocument read(JsonSchema schema) {
    SchemaDocument document = new SchemaDocument(tree(schema.json()));
    if (document.json.isObject()) {
      SchemaNode root = new SchemaNode(null, "", document.json, NOWHERE, false);
      document.resources.put(NOWHERE, root);
      document.index(root);
    }
    return document;
  }

  private static JsonNode tree(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JacksonException e) {
      throw new IllegalStateException("a JsonSchema is JSON", e);
    }
  }

  /** Returns what the document as a whole demands. */
  Conjunction root() {
    if (json.isBoolean()) {
      return json.booleanValue() ? Conjunction.TRUE : Conjunction.FALSE;
    }
    return Conjunction.of(node(json));
  }

  private SchemaNode node(JsonNode schema) {
    SchemaNode node = nodes.get(schema);
    if (node == null) {
      throw new IllegalStateException("all schemas are indexed when they are read");
    }
    return node;
  }

  /** Finds all schemas under a node, and checks their keywords. */
  private void index(SchemaNode root) {
    Deque<SchemaNode> open = new ArrayDeque<>();
    open.push(root);
    while (!open.isEmpty()) {
      SchemaNode node = identified(open.pop());
      if (nodes.putIfAbsent(node.json(), node) == null) {
        Keywords.check(node);
        open(node, open);
      }
    }
  }

  private void open(SchemaNode node, Deque<SchemaNode> open) {
    for (String keyword : Keywords.WITH_SCHEMA) {
      open(node, SchemaNode.step(keyword), node.json().get(keyword), open);
    }
    for (String keyword : Keywords.WITH_SCHEMAS) {
      JsonNode schemas = node.json().path(keyword);
      for (int i = 0; schemas.isArray() && i < schemas.size(); i++) {
        open(node, SchemaNode.step(keyword) + "/" + i, schemas.get(i), open);
      }
    }
    for (String keyword : Keywords.WITH_NAMED_SCHEMAS) {
      for (Map.Entry<String, JsonNode> named : node.json().path(keyword).properties()) {
        String path = SchemaNode.step(keyword) + SchemaNode.step(named.getKey());
        open(node, path, named.getValue(), open);
      }
    }
  }

  private static void open(
      SchemaNode parent, String path, @Nullable JsonNode schema, Deque<SchemaNode> open) {
    if (schema != null && schema.isObject()) {
      open.push(new SchemaNode(parent, path, schema, parent.base(), false));
    }
  }

  /** Notes the names that a schema gives itself. */
  private SchemaNode identified(SchemaNode node) {
    SchemaNode identified = node;
    JsonNode id = node.json().get("$id");
    if (id != null) {
      URI address = withoutFragment(node.base().resolve(address(node, "$id", id)));
      identified = node.at(address);
      once(identified, "$id", resources.putIfAbsent(address, identified));
    }
    for (String keyword : new String[] {"$anchor", "$dynamicAnchor"}) {
      JsonNode name = node.json().get(keyword);
      if (name != null) {
        URI address =
            address(identified, keyword, JsonNodeFactory.instance.textNode("#" + name.asText()));
        URI anchor = URI.create(identified.base() + address.toString());
        once(identified, keyword, anchors.putIfAbsent(anchor, identified));
      }
    }
    return identified;
  }

  private static void once(SchemaNode node, String keyword, @Nullable SchemaNode before) {
    if (before != null) {
      throw Refusal.of(
          node, keyword, "the schema at " + before.pointer() + " has this name, too; rename one.");
    }
  }

  private static URI address(SchemaNode node, String keyword, JsonNode text) {
    try {
      if (text.isTextual()) {
        return URI.create(text.textValue());
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw Refusal.of(node, keyword, "it is not the address of a schema; correct it.");
  }

  private static URI withoutFragment(URI address) {
    String text = address.toString();
    int hash = text.indexOf('#');
    return hash < 0 ? address : URI.create(text.substring(0, hash));
  }

  /**
   * Returns what a child of a schema demands.
   *
   * @param node the schema
   * @param keyword the keyword that the child belongs to
   * @param schema the child, as it stands there
   * @throws InferenceException INVALID_CONSTRAINT if the child is no schema
   */
  Conjunction child(SchemaNode node, String keyword, JsonNode schema) {
    if (schema.isBoolean()) {
      return schema.booleanValue() ? Conjunction.TRUE : Conjunction.FALSE;
    }
    if (!schema.isObject()) {
      throw Refusal.of(node, keyword, "a schema is an object or true or false; correct it.");
    }
    SchemaNode child = node(schema);
    return Keywords.isPlainReference(schema) ? reference(child) : Conjunction.of(child);
  }

  /**
   * Returns what the {@code $ref} of a schema demands. A reference to a reference is followed by
   * whoever works out its values.
   *
   * @throws InferenceException INVALID_CONSTRAINT if it leads nowhere, or out of the document
   */
  Conjunction reference(SchemaNode node) {
    JsonNode reference = node.json().path("$ref");
    String text = address(node, "$ref", reference).toString();
    int hash = text.indexOf('#');
    String document = hash < 0 ? text : text.substring(0, hash);
    String fragment = hash < 0 ? "" : text.substring(hash + 1);
    URI base = document.isEmpty() ? node.base() : node.base().resolve(URI.create(document));
    SchemaNode anchor = anchors.get(URI.create(base + "#" + fragment));
    if (anchor != null) {
      return Conjunction.of(anchor);
    }
    SchemaNode resource = resources.get(base);
    if (resource == null) {
      throw Refusal.of(
          node, "$ref", "references to other documents are never fetched; put it under \"$defs\".");
    }
    return target(node, resource, fragment);
  }

  private Conjunction target(SchemaNode node, SchemaNode resource, String fragment) {
    JsonNode schema = fragment.isEmpty() ? resource.json() : at(node, resource.json(), fragment);
    if (schema.isObject() && !nodes.containsKey(schema)) {
      throw Refusal.of(
          node, "$ref", "it leads to \"" + fragment + "\", where no schema stands; use \"$defs\".");
    }
    return schema.isObject() ? Conjunction.of(node(schema)) : child(node, "$ref", schema);
  }

  private static JsonNode at(SchemaNode node, JsonNode json, String fragment) {
    JsonNode found = json;
    if (fragment.startsWith("/")) {
      for (String step : fragment.substring(1).split("/", -1)) {
        String name = decoded(node, step).replace("~1", "/").replace("~0", "~");
        found = found.isArray() ? found.path(index(name)) : found.path(name);
      }
    }
    if (!fragment.startsWith("/") || found.isMissingNode()) {
      throw Refusal.of(node, "$ref", "there is nothing at \"" + fragment + "\"; correct it.");
    }
    return found;
  }

  private static int index(String step) {
    return step.matches("0|[1-9][0-9]{0,8}") ? Integer.parseInt(step) : -1;
  }

  /** Percent-decodes one step; a plus sign is one. */
  private static String decoded(SchemaNode node, String step) {
    try {
      return URLDecoder.decode(step.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw Refusal.of(node, "$ref", "\"" + step + "\" is not percent-encoded; correct it.");
    }
  }

  /**
   * Returns what demands one value.
   *
   * @param node the schema that gives the value
   * @param path from the schema to the value, such as {@code /enum/0}
   */
  Conjunction constant(SchemaNode node, String path, JsonNode value) {
    return Conjunction.of(
        constants.computeIfAbsent(
            canonical(value),
            text -> {
              ObjectNode schema = JsonNodeFactory.instance.objectNode();
              schema.set("const", value);
              return new SchemaNode(node, path, schema, node.base(), true);
            }));
  }

  /** One text for all spellings of a value: sorted names, numbers without superfluous zeros. */
  static String canonical(JsonNode value) {
    StringBuilder text = new StringBuilder();
    appendCanonical(value, text);
    return text.toString();
  }

  private static void appendCanonical(JsonNode value, StringBuilder to) {
    if (value.isObject()) {
      Map<String, JsonNode> sorted = new TreeMap<>();
      value.properties().forEach(field -> sorted.put(field.getKey(), field.getValue()));
      to.append('{');
      sorted.forEach(
          (name, member) -> {
            to.append(JsonNodeFactory.instance.textNode(name)).append(':');
            appendCanonical(member, to);
            to.append(',');
          });
      to.append('}');
    } else if (value.isArray()) {
      to.append('[');
      value.forEach(
          item -> {
            appendCanonical(item, to);
            to.append(',');
          });
      to.append(']');
    } else if (value.isNumber()) {
      BigDecimal number = value.decimalValue();
      to.append(number.signum() == 0 ? "0" : number.stripTrailingZeros().toString());
    } else {
      to.append(value);
    }
  }
}
