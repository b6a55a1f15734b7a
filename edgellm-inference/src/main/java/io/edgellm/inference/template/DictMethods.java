package io.edgellm.inference.template;

import io.edgellm.inference.template.Value.Items.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The methods of Python's dict that change nothing. */
final class DictMethods {
  private DictMethods() {}

  static @Nullable Value bound(Value.Dict dict, String name) {
    Builtin.Body body =
        switch (name) {
          case "items" ->
              (rendering, args) -> new Value.Items(entries(dict, rendering), Kind.ENTRIES);
          case "keys" ->
              (rendering, args) ->
                  new Value.Items(Sequences.iterate(dict, rendering.budget()), Kind.KEYS);
          case "values" ->
              (rendering, args) -> new Value.Items(values(dict, rendering), Kind.VALUES);
          case "get" -> (rendering, args) -> get(dict, rendering, args);
          case "copy" -> (rendering, args) -> copy(dict, rendering);
          case "fromkeys" -> DictMethods::fromKeys;
          default -> null;
        };
    return body == null
        ? null
        : new Builtin(
            name,
            (rendering, args) -> {
              rendering.budget().spend(1);
              Value result = body.call(rendering, args);
              args.end();
              return result;
            });
  }

  /** The entries as pairs. */
  static List<Value> entries(Value.Dict dict, Rendering rendering) {
    rendering.budget().items(dict.entries().size());
    rendering.budget().values(2L * dict.entries().size());
    List<Value> pairs = new ArrayList<>(dict.entries().size());
    dict.entries().forEach((key, value) -> pairs.add(Value.tuple(key, value)));
    return pairs;
  }

  private static List<Value> values(Value.Dict dict, Rendering rendering) {
    rendering.budget().items(dict.entries().size());
    return List.copyOf(dict.entries().values());
  }

  private static Value get(Value.Dict dict, Rendering rendering, Args args) {
    Value found = dict.entries().get(Keys.hashable(args.required("key"), rendering.budget()));
    Value otherwise = args.optional("default", Value.None.NONE);
    return found == null ? otherwise : found;
  }

  private static Value copy(Value.Dict dict, Rendering rendering) {
    return new Entries(rendering.budget()).putAll(dict.entries()).dict();
  }

  private static Value fromKeys(Rendering rendering, Args args) {
    Value keys = args.required("iterable");
    Value value = args.optional("value", Value.None.NONE);
    Entries entries = new Entries(rendering.budget());
    for (Value key : Sequences.iterate(keys, rendering.budget())) {
      entries.put(key, value);
    }
    return entries.dict();
  }
}
