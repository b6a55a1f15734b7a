package io.edgellm.release.tuf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * How root and targets write down a {@link TufRole}: an entry with key ids and threshold, and the
 * keys in a table for all entries. The validity stands there too, in a field that clients ignore,
 * so that whoever may change the keys decides about it.
 */
final class RoleEntries {
  private static final String KEYS = "keys";
  private static final String KEY_IDS = "keyids";
  private static final String THRESHOLD = "threshold";
  private static final String VALIDITY = "x-edgellm-validity";

  private RoleEntries() {}

  /**
   * Reads an entry. Keys that cannot count here are left out.
   *
   * @param holder the object with the table of keys
   * @param otherwise the validity if none is given
   */
  static TufRole read(JsonFields holder, JsonFields entry, Duration otherwise) throws JsonFault {
    Map<String, TufKey> known = new HashMap<>();
    for (Map.Entry<String, JsonFields> key : holder.objectMap(KEYS).entrySet()) {
      TufKey.read(key.getKey(), key.getValue()).ifPresent(k -> known.put(k.id(), k));
    }
    List<TufKey> keys =
        entry.texts(KEY_IDS).stream().map(known::get).filter(Objects::nonNull).toList();
    try {
      return new TufRole(
          keys,
          Math.toIntExact(entry.integer(THRESHOLD)),
          entry.has(VALIDITY) ? Duration.parse(entry.text(VALIDITY)) : otherwise);
    } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
      throw new JsonFault(JsonFault.Kind.MALFORMED, entry.at(KEY_IDS), "" + e.getMessage(), e);
    }
  }

  /** Writes an entry, and its keys into the table. */
  static void put(ObjectNode holder, ObjectNode entry, TufRole role) {
    ArrayNode ids = entry.putArray(KEY_IDS);
    ObjectNode table = holder.withObject(KEYS);
    for (TufKey key : role.keys()) {
      ids.add(key.id());
      table.set(key.id(), key.json());
    }
    entry.put(THRESHOLD, role.threshold());
    entry.put(VALIDITY, role.validity().toString());
  }

  /** Drops the keys that no entry names any more. */
  static void prune(ObjectNode holder, Iterable<JsonNode> entries) {
    Set<String> used = new HashSet<>();
    entries.forEach(entry -> entry.path(KEY_IDS).forEach(id -> used.add(id.asText())));
    holder.withObject(KEYS).retain(used);
  }
}
