package io.edgellm.inference.template;

import io.edgellm.inference.template.Value.Items.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The methods of Python's list and tuple that change nothing. */
final class ListMethods {
  private ListMethods() {}

  static @Nullable Value bound(Value.Items items, String name) {
    if (items.kind() == Kind.GROUP && (name.equals("grouper") || name.equals("list"))) {
      return items.values().get(name.equals("grouper") ? 0 : 1);
    }
    if (!items.hasPlaces()) {
      return null;
    }
    return switch (name) {
      case "index" -> new Builtin(name, (rendering, args) -> index(items, rendering, args));
      case "count" -> new Builtin(name, (rendering, args) -> count(items, rendering, args));
      case "copy" ->
          items.kind() == Kind.LIST ? new Builtin(name, (rendering, args) -> items) : null;
      default -> null;
    };
  }

  private static Value index(Value.Items items, Rendering rendering, Args args) {
    Value wanted = args.required("value");
    int size = items.values().size();
    int from = place(args.integer("start", 0), size);
    int to = place(args.integer("stop", size), size);
    args.end();
    for (int i = from; i < to; i++) {
      if (rendering.comparisons().equal(items.values().get(i), wanted)) {
        return Value.of((long) i);
      }
    }
    throw new Fault("The list does not hold the value.");
  }

  private static int place(long index, int size) {
    return (int) Math.max(0, Math.min(size, index < 0 ? index + size : index));
  }

  private static Value count(Value.Items items, Rendering rendering, Args args) {
    Value wanted = args.required("value");
    args.end();
    List<Value> values = items.values();
    return Value.of(
        values.stream().filter(value -> rendering.comparisons().equal(value, wanted)).count());
  }
}
