package io.edgellm.inference.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The global {@code cycler(a, b, …)}: gives its items in turn. */
final class Cycler implements Value.Attributed {
  private final List<Value> items;
  private int position;

  Cycler(List<Value> items) {
    if (items.isEmpty()) {
      throw new Fault("cycler() needs at least one item.");
    }
    this.items = items;
  }

  @Override
  public @Nullable Value attribute(String name) {
    return switch (name) {
      case "current" -> items.get(position);
      case "next" -> new Builtin(name, (rendering, args) -> next());
      case "reset" -> new Builtin(name, (rendering, args) -> reset());
      default -> null;
    };
  }

  private Value next() {
    Value item = items.get(position);
    position = (position + 1) % items.size();
    return item;
  }

  private Value reset() {
    position = 0;
    return Value.None.NONE;
  }
}
