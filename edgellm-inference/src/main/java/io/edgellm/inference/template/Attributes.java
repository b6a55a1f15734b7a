package io.edgellm.inference.template;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code a.b} and {@code a[b]}: the first looks for a method before it looks for a key, the second
 * the other way round. What is not there is undefined, not an error; but nothing hangs on what is
 * undefined.
 */
final class Attributes {
  private Attributes() {}

  static Value attribute(Value target, String name) {
    Operators.defined(target);
    Value own = own(target, name);
    if (own != null) {
      return own;
    }
    if (target instanceof Value.Dict dict) {
      Value value = dict.entries().get(Value.ofTemplate(name));
      if (value != null) {
        return value;
      }
    }
    return missing(target, name);
  }

  static Value item(Value target, Value key) {
    Operators.defined(target);
    if (target instanceof Value.Dict dict) {
      Value value = dict.entries().get(key);
      if (value != null) {
        return value;
      }
    }
    Long index = Numbers.integerOrNull(key);
    Value item = index == null ? null : Sequences.item(target, index);
    if (item != null) {
      return item;
    }
    Value own = key instanceof Value.Str name ? own(target, name.toString()) : null;
    return own != null ? own : missing(target, key instanceof Value.Undefined ? "" : name(key));
  }

  private static String name(Value key) {
    if (key instanceof Value.Str str) {
      return str.toString();
    }
    return key instanceof Value.Int number ? Long.toString(number.value()) : key.typeName();
  }

  private static Value.Undefined missing(Value target, String name) {
    return new Value.Undefined("A " + target.typeName() + " has no '" + name + "'.");
  }

  private static @Nullable Value own(Value target, String name) {
    if (target instanceof Value.Str str) {
      return StringMethods.bound(str.text(), name);
    } else if (target instanceof Value.Dict dict) {
      return dictMethod(dict, name);
    } else if (target instanceof Value.Items items) {
      return listMethod(items, name);
    } else if (target instanceof Value.Attributed attributed) {
      return attributed.attribute(name);
    }
    return null;
  }

  private static @Nullable Value dictMethod(Value.Dict dict, String name) {
    Builtin.Body body =
        switch (name) {
          case "items" ->
              (rendering, args) ->
                  Value.list(
                      dict.entries().entrySet().stream()
                          .map(entry -> Value.tuple(entry.getKey(), entry.getValue()))
                          .toList());
          case "keys" -> (rendering, args) -> Value.list(dict.entries().keySet().stream().toList());
          case "values" ->
              (rendering, args) -> Value.list(dict.entries().values().stream().toList());
          case "get" ->
              (rendering, args) -> {
                Value found = dict.entries().get(args.required("key"));
                Value otherwise = args.optional("default", Value.None.NONE);
                return found == null ? otherwise : found;
              };
          case "copy" -> (rendering, args) -> Value.dict(new LinkedHashMap<>(dict.entries()));
          default -> null;
        };
    return body == null ? null : method(name, body, dict.entries());
  }

  private static Value method(String name, Builtin.Body body, Map<Value, Value> entries) {
    return new Builtin(
        name,
        (rendering, args) -> {
          rendering.budget().spend(1 + (entries.size() >> 3));
          Value result = body.call(rendering, args);
          args.end();
          return result;
        });
  }

  private static @Nullable Value listMethod(Value.Items items, String name) {
    if (items.kind() == Value.Items.Kind.GROUP) {
      return switch (name) {
        case "grouper" -> items.values().get(0);
        case "list" -> items.values().get(1);
        default -> null;
      };
    }
    return switch (name) {
      case "index" ->
          new Builtin(
              name,
              (rendering, args) -> {
                Value wanted = args.required("value");
                for (int i = 0; i < items.values().size(); i++) {
                  if (Operators.equal(items.values().get(i), wanted)) {
                    return Value.of((long) i);
                  }
                }
                throw new Fault("The list does not hold the value.");
              });
      case "count" ->
          new Builtin(
              name,
              (rendering, args) -> {
                Value wanted = args.required("value");
                return Value.of(
                    items.values().stream().filter(v -> Operators.equal(v, wanted)).count());
              });
      case "copy" -> new Builtin(name, (rendering, args) -> items);
      case "append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse" ->
          new Builtin(
              name,
              (rendering, args) -> {
                throw new Fault("A template cannot change a list; '" + name + "' is not allowed.");
              });
      default -> null;
    };
  }
}
