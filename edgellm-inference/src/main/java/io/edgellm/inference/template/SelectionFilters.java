package io.edgellm.inference.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Filters that choose or change the items of a sequence one by one. */
final class SelectionFilters {
  private SelectionFilters() {}

  static void addTo(Map<String, Filter> filters) {
    filters.put("map", SelectionFilters::map);
    filters.put("select", (rendering, input, args) -> select(rendering, input, args, true));
    filters.put("reject", (rendering, input, args) -> select(rendering, input, args, false));
    filters.put("selectattr", (rendering, input, args) -> byPart(rendering, input, args, true));
    filters.put("rejectattr", (rendering, input, args) -> byPart(rendering, input, args, false));
  }

  private static Value map(Rendering rendering, Value input, Args args) {
    UnaryOperator<Value> change = change(rendering, args);
    return new Value.Generator(
        () -> {
          List<Value> mapped = new ArrayList<>();
          if (input.isTrue()) {
            for (Value item : SequenceFilters.items(rendering, input)) {
              mapped.add(change.apply(item));
            }
          }
          rendering.budget().items(mapped.size());
          return mapped;
        });
  }

  private static UnaryOperator<Value> change(Rendering rendering, Args args) {
    Value path = args.hasPositional() ? null : args.takeNamed("attribute");
    if (path != null) {
      Value named = args.takeNamed("default");
      Value otherwise = named == null ? Value.None.NONE : named;
      return item -> SequenceFilters.part(rendering, item, path, otherwise);
    }
    String name = args.text("filter").toString();
    List<Value> positional = args.restPositional();
    Map<Text, Value> named = args.restNamed();
    return item -> Filters.apply(rendering, name, item, new Args(name, positional, named));
  }

  private static Value select(Rendering rendering, Value input, Args args, boolean wanted) {
    return chosen(rendering, input, Value.None.NONE, args, wanted);
  }

  private static Value byPart(Rendering rendering, Value input, Args args, boolean wanted) {
    return chosen(rendering, input, args.required("attr"), args, wanted);
  }

  private static Value chosen(
      Rendering rendering, Value input, Value path, Args args, boolean wanted) {
    String test = args.hasPositional() ? args.text("test").toString() : "";
    List<Value> positional = args.restPositional();
    Map<Text, Value> named = args.restNamed();
    return new Value.Generator(
        () -> {
          List<Value> chosen = new ArrayList<>();
          if (input.isTrue()) {
            for (Value item : SequenceFilters.items(rendering, input)) {
              Value part = SequenceFilters.part(rendering, item, path);
              boolean holds =
                  test.isEmpty()
                      ? part.isTrue()
                      : Tests.holds(rendering, test, part, new Args(test, positional, named));
              if (holds == wanted) {
                chosen.add(item);
              }
            }
          }
          rendering.budget().items(chosen.size());
          return chosen;
        });
  }
}
