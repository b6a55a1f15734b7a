package io.edgellm.inference.template;

import io.edgellm.inference.template.Value.Items.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** What can be walked through, counted and cut. */
final class Sequences {
  private Sequences() {}

  /** Returns the items that a loop over the value would see; of a dict its keys. */
  static List<Value> iterate(Value value, Budget budget) {
    if (value instanceof Value.Items items) {
      return items.values();
    } else if (value instanceof Value.Dict dict) {
      budget.items(dict.entries().size());
      return List.copyOf(dict.entries().keySet());
    } else if (value instanceof Value.Str str) {
      return characters(str.text(), budget);
    } else if (value instanceof Value.Generator generator) {
      return generator.take();
    } else if (value instanceof Value.Undefined) {
      return List.of();
    }
    throw new Fault("A " + value.typeName() + " has no items to go through.");
  }

  private static List<Value> characters(Text text, Budget budget) {
    String chars = text.toString();
    budget.items(chars.length());
    budget.values(2L * chars.length());
    List<Value> characters = new ArrayList<>(chars.length());
    for (int i = 0; i < chars.length(); ) {
      int end = chars.offsetByCodePoints(i, 1);
      characters.add(Value.of(text.substring(i, end)));
      i = end;
    }
    return characters;
  }

  static int length(Value value) {
    if (value instanceof Value.Items items) {
      return items.values().size();
    } else if (value instanceof Value.Dict dict) {
      return dict.entries().size();
    } else if (value instanceof Value.Str str) {
      return str.toString().codePointCount(0, str.text().length());
    } else if (value instanceof Value.Undefined) {
      return 0;
    }
    throw new Fault("A " + value.typeName() + " has no length.");
  }

  /** Returns the item at an index, which counts from the end if negative, or null. */
  static @Nullable Value item(Value value, long index, Budget budget) {
    if (value instanceof Value.Str str) {
      budget.reading(str.text().length());
    } else if (!(value instanceof Value.Items items) || !items.hasPlaces()) {
      return null;
    }
    int length = length(value);
    long at = index < 0 ? index + length : index;
    if (at < 0 || at >= length) {
      return null;
    }
    if (value instanceof Value.Items items) {
      return items.values().get((int) at);
    }
    Value.Str str = (Value.Str) value;
    return new Value.Str(codePoints(str.text(), (int) at, (int) at + 1), str.markup());
  }

  /** Returns the part from one code point to another. */
  static Text codePoints(Text text, int start, int end) {
    String chars = text.toString();
    int from = chars.offsetByCodePoints(0, start);
    return text.substring(from, chars.offsetByCodePoints(from, end - start));
  }

  /** Returns {@code value[start:stop:step]}. */
  static Value slice(
      Value value, @Nullable Long start, @Nullable Long stop, @Nullable Long step, Budget budget) {
    long stride = step == null ? 1 : step;
    if (stride == 0) {
      throw new Fault("The step of a slice is zero.");
    }
    if (value instanceof Value.Items items && items.hasPlaces()) {
      return slice(items, start, stop, stride, budget);
    }
    if (value instanceof Value.Str str) {
      return new Value.Str(slice(str.text(), start, stop, stride, budget), str.markup());
    }
    Operators.defined(value);
    throw new Fault("A " + value.typeName() + " cannot be sliced.");
  }

  private static Value slice(
      Value.Items items, @Nullable Long start, @Nullable Long stop, long stride, Budget budget) {
    int size = items.values().size();
    if (items.values() instanceof Range range) {
      return new Value.Items(
          range.part(first(size, start, stride), end(size, stop, stride), stride), items.kind());
    }
    budget.items(size / Math.max(1, Math.abs(stride)));
    List<Value> cut = new ArrayList<>();
    walk(size, start, stop, stride, i -> cut.add(items.values().get(i)));
    return new Value.Items(cut, items.isTuple() ? Kind.TUPLE : Kind.LIST);
  }

  private static Text slice(
      Text text, @Nullable Long start, @Nullable Long stop, long stride, Budget budget) {
    budget.reading(text.length());
    int length = text.toString().codePointCount(0, text.length());
    if (stride == 1) {
      int from = (int) bound(start, 0, length, 0, length);
      int to = (int) bound(stop, length, length, 0, length);
      return from < to ? codePoints(text, from, to) : Text.EMPTY;
    }
    List<Value> characters = characters(text, budget);
    TextBuilder cut = new TextBuilder(budget);
    walk(length, start, stop, stride, i -> cut.append(((Value.Str) characters.get(i)).text()));
    return cut.build();
  }

  private static void walk(
      int length, @Nullable Long start, @Nullable Long stop, long stride, IntConsumer visit) {
    long from = first(length, start, stride);
    long to = end(length, stop, stride);
    for (long i = from; stride > 0 ? i < to : i > to; i += stride) {
      visit.accept((int) i);
      if (Math.abs(stride) > length) {
        break;
      }
    }
  }

  private static long first(int length, @Nullable Long start, long stride) {
    long low = stride > 0 ? 0 : -1;
    long high = stride > 0 ? length : length - 1L;
    return bound(start, stride > 0 ? low : high, length, low, high);
  }

  private static long end(int length, @Nullable Long stop, long stride) {
    long low = stride > 0 ? 0 : -1;
    long high = stride > 0 ? length : length - 1L;
    return bound(stop, stride > 0 ? high : low, length, low, high);
  }

  /** A bound of a slice, counted from the end if negative, and moved into the sequence. */
  private static long bound(@Nullable Long index, long otherwise, int length, long low, long high) {
    if (index == null) {
      return otherwise;
    }
    long at = index < 0 ? Math.max(index, -1L - length) + length : index;
    return Math.max(low, Math.min(high, at));
  }
}
