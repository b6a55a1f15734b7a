package io.edgellm.inference.template;

/** What can be the key of a dict. */
final class Keys {
  private Keys() {}

  /** Returns the value; refuses lists and dicts, and tuples with such in them, as Python does. */
  static Value hashable(Value value, Budget budget) {
    budget.spend(1);
    if (value instanceof Value.Items items) {
      if (!items.isTuple() && items.kind() != Value.Items.Kind.RANGE) {
        throw unhashable(value);
      }
      items.values().forEach(part -> hashable(part, budget));
    } else if (value instanceof Value.Dict) {
      throw unhashable(value);
    }
    return value;
  }

  private static Fault unhashable(Value value) {
    return new Fault("A " + value.typeName() + " cannot be the key of a dict.");
  }
}
