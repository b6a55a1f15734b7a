package io.edgellm.llm;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A shape that can occur within itself: a record, or a choice between records. */
abstract sealed class NamedShape implements JsonShape permits RecordShape, VariantShape {
  private final Class<?> type;
  private boolean occursAgain;

  NamedShape(Class<?> type) {
    this.type = type;
  }

  final Class<?> type() {
    return type;
  }

  /** Says that it was met a second time. */
  final void meetAgain() {
    occursAgain = true;
  }

  final boolean occursAgain() {
    return occursAgain;
  }

  @Override
  public final ObjectNode schema(SchemaDefinitions definitions) {
    return definitions.refer(this);
  }

  /** Returns the schema itself, not a reference to it. */
  abstract ObjectNode body(SchemaDefinitions definitions);
}
