package io.edgellm.delta;

import java.util.EnumMap;
import java.util.Map;

/** The models of one segment, one per kind of element, each made when it is first needed. */
final class ModelSet {
  private final Map<ElementKind, ElementCoder> coders = new EnumMap<>(ElementKind.class);

  ElementCoder of(ElementKind kind) {
    return coders.computeIfAbsent(
        kind, k -> k == ElementKind.INT4 ? new NibbleCoder() : NumberCoder.of(k));
  }
}
