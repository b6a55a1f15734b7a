package io.edgellm.llm;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A record and the JSON objects that it stands for: {@link JsonSchema#of} tells the rules.
 *
 * <p>The mapping is made here and not by a library for data binding: schema and reading come from
 * the same shapes and cannot differ, as they would by a library's own annotations and coercions.
 */
final class RecordMapping<R extends Record> {
  private final Class<R> type;
  private final RecordShape root;
  private final List<RecordShape> records;

  private RecordMapping(Class<R> type, RecordShapes shapes) {
    this.type = type;
    this.root = shapes.root(type);
    this.records = shapes.records();
  }

  /**
   * Looks at a record.
   *
   * @throws IllegalArgumentException if JSON has no place for one of its components
   */
  static <R extends Record> RecordMapping<R> of(Class<R> type) {
    return new RecordMapping<>(type, new RecordShapes());
  }

  JsonSchema schema() {
    return SchemaDefinitions.schemaOf(root);
  }

  /**
   * Makes sure that {@link #read} can make the record and those in it.
   *
   * @throws IllegalArgumentException if a module does not let it
   */
  RecordMapping<R> requireAccess() {
    records.forEach(RecordShape::requireAccess);
    return this;
  }

  /**
   * Reads a JSON object. After {@link #requireAccess}.
   *
   * @throws InferenceException {@link InferenceException.Reason#ANSWER_INVALID} if it does not fit
   */
  R read(String json) {
    JsonNode value;
    try {
      value = StrictJson.parse(json.getBytes(StandardCharsets.UTF_8));
    } catch (JsonFault e) {
      throw JsonShape.fault("", "is not JSON: " + e.getMessage(), e);
    }
    return type.cast(root.read(value, ""));
  }
}
