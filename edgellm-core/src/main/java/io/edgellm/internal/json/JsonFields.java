package io.edgellm.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one JSON object by name and type, and remembers which ones were asked for, so
 * that {@link #end()} can refuse the rest. Every fault carries the path of the field.
 *
 * <p>Explicit reading in place of data binding: no reflection, no open packages, and the order and
 * wording of faults are ours.
 */
public final class JsonFields {
  private final JsonNode object;
  private final String path;
  private final Set<String> seen = new HashSet<>();

  private JsonFields(JsonNode object, String path) {
    this.object = object;
    this.path = path;
  }

  /** Takes the root of a document. */
  public static JsonFields of(JsonNode root) throws JsonFault {
    return of(root, "");
  }

  private static JsonFields of(JsonNode node, String path) throws JsonFault {
    if (!node.isObject()) {
      throw wrongType(path.isEmpty() ? "the document" : path, "an object");
    }
    return new JsonFields(node, path);
  }

  /** Returns whether the field is there and not null; a null counts as absent. */
  public boolean has(String name) {
    seen.add(name);
    return object.hasNonNull(name);
  }

  /** Returns a text field. */
  public String text(String name) throws JsonFault {
    JsonNode n = required(name);
    if (!n.isTextual()) {
      throw wrongType(at(name), "a text");
    }
    return n.textValue();
  }

  /** Returns a text field, or null where it is absent. */
  public @Nullable String textOrNull(String name) throws JsonFault {
    return has(name) ? text(name) : null;
  }

  /** Returns a whole number. */
  public long integer(String name) throws JsonFault {
    JsonNode n = required(name);
    if (!n.isIntegralNumber() || !n.canConvertToLong()) {
      throw wrongType(at(name), "a whole number");
    }
    return n.longValue();
  }

  /** Returns a whole number, or {@code otherwise} where the field is absent. */
  public long integer(String name, long otherwise) throws JsonFault {
    return has(name) ? integer(name) : otherwise;
  }

  /** Returns a number. */
  public BigDecimal decimal(String name) throws JsonFault {
    JsonNode n = required(name);
    if (!n.isNumber()) {
      throw wrongType(at(name), "a number");
    }
    return n.decimalValue();
  }

  /** Returns true or false. */
  public boolean bool(String name) throws JsonFault {
    JsonNode n = required(name);
    if (!n.isBoolean()) {
      throw wrongType(at(name), "true or false");
    }
    return n.booleanValue();
  }

  /** Returns an object field. */
  public JsonFields object(String name) throws JsonFault {
    return of(required(name), at(name));
  }

  /** Returns an object field, or null where it is absent. */
  public @Nullable JsonFields objectOrNull(String name) throws JsonFault {
    return has(name) ? object(name) : null;
  }

  /** Returns a list of objects. */
  public List<JsonFields> objects(String name) throws JsonFault {
    List<JsonFields> out = new ArrayList<>();
    JsonNode array = array(name);
    for (int i = 0; i < array.size(); i++) {
      out.add(of(array.get(i), at(name) + "[" + i + "]"));
    }
    return out;
  }

  /** Returns a list of texts; empty where the field is absent. */
  public List<String> texts(String name) throws JsonFault {
    List<String> out = new ArrayList<>();
    if (!has(name)) {
      return out;
    }
    JsonNode array = array(name);
    for (int i = 0; i < array.size(); i++) {
      if (!array.get(i).isTextual()) {
        throw wrongType(at(name) + "[" + i + "]", "a text");
      }
      out.add(array.get(i).textValue());
    }
    return out;
  }

  /** Returns an object whose values are texts, sorted by name; empty where the field is absent. */
  public Map<String, String> textMap(String name) throws JsonFault {
    Map<String, String> out = new TreeMap<>();
    if (!has(name)) {
      return out;
    }
    JsonFields map = object(name);
    for (Iterator<String> names = map.object.fieldNames(); names.hasNext(); ) {
      String key = names.next();
      out.put(key, map.text(key));
    }
    return out;
  }

  /** Returns an object whose values are objects, in the order of the document. */
  public Map<String, JsonFields> objectMap(String name) throws JsonFault {
    Map<String, JsonFields> out = new LinkedHashMap<>();
    JsonFields map = object(name);
    for (Iterator<String> names = map.object.fieldNames(); names.hasNext(); ) {
      String key = names.next();
      out.put(key, of(map.object.get(key), map.at(key)));
    }
    return out;
  }

  /** Returns the object itself, for whoever needs its bytes. */
  public JsonNode json() {
    return object;
  }

  /** Returns the path of a field, for messages. */
  public String at(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  /** Refuses every field that nobody asked for. */
  public void end() throws JsonFault {
    for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!seen.contains(name)) {
        throw new JsonFault(
            JsonFault.Kind.UNKNOWN_FIELD,
            at(name),
            "'" + at(name) + "' is not a known field",
            null);
      }
    }
  }

  private JsonNode array(String name) throws JsonFault {
    JsonNode n = required(name);
    if (!n.isArray()) {
      throw wrongType(at(name), "a list");
    }
    return n;
  }

  private JsonNode required(String name) throws JsonFault {
    if (!has(name)) {
      throw new JsonFault(
          JsonFault.Kind.MISSING_FIELD, at(name), "'" + at(name) + "' is missing", null);
    }
    return object.get(name);
  }

  private static JsonFault wrongType(String path, String type) {
    return new JsonFault(JsonFault.Kind.MALFORMED, path, "'" + path + "' must be " + type, null);
  }
}
