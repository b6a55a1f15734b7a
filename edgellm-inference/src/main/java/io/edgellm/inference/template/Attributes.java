package io.edgellm.inference.template;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code a.b} and {@code a[b]}: the first looks for a method before it looks for a key, the second
 * the other way round. What is not there is undefined, not an error; but nothing hangs on what is
 * undefined.
 */
final class Attributes {
  /** Methods that would change a value: in Hugging Face's environment they are undefined. */
  private static final Set<String> CHANGING_A_DICT =
      Set.of("clear", "pop", "popitem", "setdefault", "update");

  private static final Set<String> CHANGING_A_LIST =
      Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort");

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

  static Value item(Value target, Value key, Budget budget) {
    Operators.defined(target);
    if (target instanceof Value.Dict dict && isHashable(key, budget)) {
      Value value = dict.entries().get(key);
      if (value != null) {
        return value;
      }
    }
    Long index = Numbers.integerOrNull(key);
    Value item = index == null ? null : Sequences.item(target, index, budget);
    if (item != null) {
      return item;
    }
    Value own = key instanceof Value.Str name ? own(target, name.toString()) : null;
    return own != null ? own : missing(target, key instanceof Value.Undefined ? "" : name(key));
  }

  private static boolean isHashable(Value key, Budget budget) {
    if (key instanceof Value.Items items && items.isTuple()) {
      budget.spend(1);
      return items.values().stream().allMatch(part -> isHashable(part, budget));
    }
    return !(key instanceof Value.Items) && !(key instanceof Value.Dict);
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
      return StringMethods.bound(str, name);
    } else if (target instanceof Value.Dict dict) {
      return CHANGING_A_DICT.contains(name) ? fixed(target, name) : DictMethods.bound(dict, name);
    } else if (target instanceof Value.Items items) {
      boolean changing = items.kind() == Value.Items.Kind.LIST && CHANGING_A_LIST.contains(name);
      return changing ? fixed(target, name) : ListMethods.bound(items, name);
    } else if (target instanceof Value.Attributed attributed) {
      return attributed.attribute(name);
    }
    return null;
  }

  private static Value.Undefined fixed(Value target, String name) {
    return new Value.Undefined(
        "A template cannot change a " + target.typeName() + "; '" + name + "' is not allowed.");
  }
}
