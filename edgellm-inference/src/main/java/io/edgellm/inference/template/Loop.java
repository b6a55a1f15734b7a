package io.edgellm.inference.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The variable {@code loop} of a running loop. */
final class Loop implements Value.Attributed, Value.Callable {
  private final List<Value> items;
  private final int depth;
  private final Recursion recursion;
  private int index;
  private @Nullable Value lastSeen;

  /** Runs the loop again over other items, one level deeper. */
  interface Recursion {
    Value over(Value items, int depth);
  }

  Loop(List<Value> items, int depth, Recursion recursion) {
    this.items = items;
    this.depth = depth;
    this.recursion = recursion;
  }

  void moveTo(int position) {
    index = position;
  }

  @Override
  public @Nullable Value attribute(String name) {
    return switch (name) {
      case "index" -> Value.of(index + 1L);
      case "index0" -> Value.of((long) index);
      case "revindex" -> Value.of((long) items.size() - index);
      case "revindex0" -> Value.of(items.size() - index - 1L);
      case "first" -> Value.of(index == 0);
      case "last" -> Value.of(index == items.size() - 1);
      case "length" -> Value.of((long) items.size());
      case "depth" -> Value.of(depth + 1L);
      case "depth0" -> Value.of((long) depth);
      case "previtem" -> neighbour(index - 1, "previous");
      case "nextitem" -> neighbour(index + 1, "next");
      case "cycle" -> new Builtin(name, (rendering, args) -> cycle(args.restPositional()));
      case "changed" ->
          new Builtin(name, (rendering, args) -> changed(rendering, args.restPositional()));
      default -> null;
    };
  }

  @Override
  public Value call(Rendering rendering, Args args) {
    Value more = args.required("iterable");
    rendering.budget().enter();
    Value rendered = recursion.over(more, depth + 1);
    rendering.budget().leave();
    return rendered;
  }

  @Override
  public String toString() {
    return "<LoopContext " + (index + 1) + "/" + items.size() + ">";
  }

  private Value neighbour(int position, String which) {
    return position >= 0 && position < items.size()
        ? items.get(position)
        : new Value.Undefined("The loop has no " + which + " item here.");
  }

  private Value cycle(List<Value> values) {
    if (values.isEmpty()) {
      throw new Fault("loop.cycle() needs at least one item.");
    }
    return values.get(index % values.size());
  }

  private Value changed(Rendering rendering, List<Value> values) {
    Value now = Value.list(List.copyOf(values));
    boolean changed = lastSeen == null || !rendering.comparisons().equal(lastSeen, now);
    lastSeen = now;
    return Value.of(changed);
  }
}
