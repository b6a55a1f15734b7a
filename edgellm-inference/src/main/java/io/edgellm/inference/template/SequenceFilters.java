package io.edgellm.inference.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Filters that order, join and cut sequences. */
final class SequenceFilters {
  private SequenceFilters() {}

  static void addTo(Map<String, Filter> filters) {
    filters.put("list", (rendering, input, args) -> list(rendering, input));
    filters.put("first", (rendering, input, args) -> first(items(rendering, input)));
    filters.put("last", SequenceFilters::last);
    filters.put("reverse", SequenceFilters::reverse);
    filters.put("join", SequenceFilters::join);
    filters.put("items", SequenceFilters::entries);
    filters.put("dictsort", SequenceFilters::dictSort);
    filters.put("sort", SequenceFilters::sort);
    filters.put("unique", SequenceFilters::unique);
    filters.put("min", (rendering, input, args) -> extreme(rendering, input, args, -1));
    filters.put("max", (rendering, input, args) -> extreme(rendering, input, args, 1));
    filters.put("groupby", SequenceFilters::groupBy);
    filters.put("batch", SequenceFilters::batch);
    filters.put("slice", SequenceFilters::columns);
  }

  static List<Value> items(Rendering rendering, Value input) {
    List<Value> items = Sequences.iterate(input, rendering.budget());
    rendering.budget().spend(items.size());
    return items;
  }

  private static Value list(Rendering rendering, Value input) {
    List<Value> items = items(rendering, input);
    rendering.budget().items(items.size());
    return Value.list(List.copyOf(items));
  }

  /** The attribute path {@code a.b.0} of an item, or the item itself for None. */
  static Value part(Rendering rendering, Value item, Value path) {
    return part(rendering, item, path, Value.None.NONE);
  }

  /** Likewise, with something for each step that leads nowhere, if that is not None. */
  static Value part(Rendering rendering, Value item, Value path, Value otherwise) {
    if (path instanceof Value.None) {
      return item;
    }
    List<Value> steps =
        path instanceof Value.Str names
            ? Strings.split(rendering.budget(), names.text(), ".", -1)
            : List.of(path);
    Value part = item;
    for (Value step : steps) {
      rendering.budget().spend(1);
      part = Attributes.item(part, step(step), rendering.budget());
      boolean missing = part instanceof Value.Undefined && !(otherwise instanceof Value.None);
      part = missing ? otherwise : part;
    }
    return part;
  }

  private static Value step(Value step) {
    String name = step instanceof Value.Str str ? str.toString() : "";
    boolean index =
        !name.isEmpty() && name.length() < 10 && name.chars().allMatch(c -> c >= '0' && c <= '9');
    return index ? Value.of(Long.parseLong(name)) : step;
  }

  private static Value first(List<Value> items) {
    return items.isEmpty() ? new Value.Undefined("The sequence has no first item.") : items.get(0);
  }

  private static Value last(Rendering rendering, Value input, Args args) {
    if (input instanceof Value.Generator) {
      throw new Fault("last() needs a list; what a filter gives is one after '|list'.");
    }
    List<Value> items = items(rendering, input);
    return items.isEmpty()
        ? new Value.Undefined("The sequence has no last item.")
        : items.get(items.size() - 1);
  }

  private static Value reverse(Rendering rendering, Value input, Args args) {
    if (input instanceof Value.Str) {
      return Sequences.slice(input, null, null, -1L, rendering.budget());
    }
    List<Value> reversed = new ArrayList<>(items(rendering, input));
    rendering.budget().items(reversed.size());
    Collections.reverse(reversed);
    return input instanceof Value.Generator
        ? Value.list(reversed)
        : new Value.Generator(() -> reversed);
  }

  private static Value join(Rendering rendering, Value input, Args args) {
    Text separator = PythonText.str(args.optional("d", Value.of(Text.EMPTY)), rendering.budget());
    Value attribute = args.optional("attribute", Value.None.NONE);
    List<Text> parts = new ArrayList<>();
    for (Value item : items(rendering, input)) {
      parts.add(PythonText.str(part(rendering, item, attribute), rendering.budget()));
    }
    return Value.of(Strings.join(rendering.budget(), separator, parts));
  }

  private static Value entries(Rendering rendering, Value input, Args args) {
    return new Value.Generator(
        () ->
            input instanceof Value.Undefined
                ? List.of()
                : DictMethods.entries(dict(input, "items()"), rendering));
  }

  private static Value.Dict dict(Value input, String user) {
    if (Operators.defined(input) instanceof Value.Dict dict) {
      return dict;
    }
    throw new Fault(user + " needs a dict, not a " + input.typeName() + ".");
  }

  private static Value dictSort(Rendering rendering, Value input, Args args) {
    boolean caseSensitive = args.truth("case_sensitive", false);
    String by = args.text("by", "key").toString();
    boolean reverse = args.truth("reverse", false);
    if (!by.equals("key") && !by.equals("value")) {
      throw new Fault("dictsort() sorts by key or by value, not by " + by + ".");
    }
    List<Value> entries =
        new ArrayList<>(DictMethods.entries(dict(input, "dictsort()"), rendering));
    Value index = Value.of(by.equals("value") ? 1L : 0L);
    Comparator<Value> order =
        (a, b) ->
            rendering
                .comparisons()
                .compare(
                    folded(rendering, part(rendering, a, index), caseSensitive),
                    folded(rendering, part(rendering, b, index), caseSensitive));
    entries.sort(reverse ? order.reversed() : order);
    return Value.list(entries);
  }

  private static Value sort(Rendering rendering, Value input, Args args) {
    boolean reverse = args.truth("reverse", false);
    boolean caseSensitive = args.truth("case_sensitive", false);
    Value attribute = args.optional("attribute", Value.None.NONE);
    List<Value> sorted = new ArrayList<>(items(rendering, input));
    sorted.sort(order(rendering, attribute, caseSensitive, reverse));
    return Value.list(sorted);
  }

  private static Comparator<Value> order(
      Rendering rendering, Value attributes, boolean caseSensitive, boolean reverse) {
    List<Value> paths =
        attributes instanceof Value.Str names
            ? Strings.split(rendering.budget(), names.text(), ",", -1)
            : List.of(attributes);
    Comparisons comparisons = rendering.comparisons();
    Comparator<Value> order =
        (a, b) -> {
          for (Value path : paths) {
            Value left = folded(rendering, part(rendering, a, path), caseSensitive);
            Value right = folded(rendering, part(rendering, b, path), caseSensitive);
            int result = comparisons.equal(left, right) ? 0 : comparisons.compare(left, right);
            if (result != 0) {
              return result;
            }
          }
          return 0;
        };
    return reverse ? order.reversed() : order;
  }

  private static Value folded(Rendering rendering, Value value, boolean caseSensitive) {
    return !caseSensitive && value instanceof Value.Str str
        ? Value.of(Strings.lower(rendering.budget(), str.text()))
        : value;
  }

  private static Value unique(Rendering rendering, Value input, Args args) {
    boolean caseSensitive = args.truth("case_sensitive", false);
    Value attribute = args.optional("attribute", Value.None.NONE);
    return new Value.Generator(
        () -> {
          Set<Value> seen = new HashSet<>();
          List<Value> unique = new ArrayList<>();
          for (Value item : items(rendering, input)) {
            Value key = folded(rendering, part(rendering, item, attribute), caseSensitive);
            if (seen.add(Keys.hashable(key, rendering.budget()))) {
              unique.add(item);
            }
          }
          rendering.budget().items(unique.size());
          return unique;
        });
  }

  private static Value extreme(Rendering rendering, Value input, Args args, int sign) {
    boolean caseSensitive = args.truth("case_sensitive", false);
    Value attribute = args.optional("attribute", Value.None.NONE);
    Comparisons comparisons = rendering.comparisons();
    Value best = null;
    Value bestKey = Value.None.NONE;
    for (Value item : items(rendering, input)) {
      Value key = folded(rendering, part(rendering, item, attribute), caseSensitive);
      if (best == null || comparisons.compare(key, bestKey) * sign > 0) {
        best = item;
        bestKey = key;
      }
    }
    return best == null ? new Value.Undefined("The sequence is empty.") : best;
  }

  private static Value groupBy(Rendering rendering, Value input, Args args) {
    Value attribute = args.required("attribute");
    Value otherwise = args.optional("default", Value.None.NONE);
    boolean caseSensitive = args.truth("case_sensitive", false);
    Comparisons comparisons = rendering.comparisons();
    List<Labelled> labelled = new ArrayList<>();
    for (Value item : items(rendering, input)) {
      Value label = part(rendering, item, attribute, otherwise);
      labelled.add(new Labelled(folded(rendering, label, caseSensitive), label, item));
    }
    rendering.budget().items(labelled.size());
    labelled.sort((a, b) -> comparisons.compare(a.key, b.key));
    List<Value> groups = new ArrayList<>();
    for (int start = 0, end; start < labelled.size(); start = end) {
      Labelled first = labelled.get(start);
      List<Value> group = new ArrayList<>();
      for (end = start; end < labelled.size(); end++) {
        if (!comparisons.equal(labelled.get(end).key, first.key)) {
          break;
        }
        group.add(labelled.get(end).item);
      }
      groups.add(new Value.Items(List.of(first.label, Value.list(group)), Value.Items.Kind.GROUP));
      rendering.budget().items(group.size());
    }
    return Value.list(groups);
  }

  /** An item, what it is called, and what that is compared as. */
  private record Labelled(Value key, Value label, Value item) {}

  private static Value batch(Rendering rendering, Value input, Args args) {
    long size = args.integer("linecount", 1);
    Value fill = args.optional("fill_with", Value.None.NONE);
    if (size < 1) {
      throw new Fault("batch() needs a size of at least 1.");
    }
    return new Value.Generator(() -> batches(rendering, items(rendering, input), size, fill));
  }

  private static List<Value> batches(
      Rendering rendering, List<Value> items, long size, Value fill) {
    List<Value> rows = new ArrayList<>();
    for (long start = 0; start < items.size(); start += size) {
      int end = (int) Math.min(items.size(), start + size);
      List<Value> row = new ArrayList<>(items.subList((int) start, end));
      if (!(fill instanceof Value.None)) {
        rendering.budget().items(size);
        while (row.size() < size) {
          row.add(fill);
        }
      }
      rendering.budget().items(row.size());
      rows.add(Value.list(row));
    }
    return rows;
  }

  private static Value columns(Rendering rendering, Value input, Args args) {
    long count = args.integer("slices", 1);
    Value fill = args.optional("fill_with", Value.None.NONE);
    if (count < 1) {
      throw new Fault("slice() needs at least 1 column.");
    }
    return new Value.Generator(() -> columns(rendering, items(rendering, input), count, fill));
  }

  private static List<Value> columns(
      Rendering rendering, List<Value> items, long count, Value fill) {
    rendering.budget().items(count);
    int each = (int) (items.size() / count);
    long longer = items.size() % count;
    List<Value> columns = new ArrayList<>();
    int start = 0;
    for (long i = 0; i < count; i++) {
      int end = start + each + (i < longer ? 1 : 0);
      List<Value> column = new ArrayList<>(items.subList(start, end));
      if (!(fill instanceof Value.None) && i >= longer) {
        column.add(fill);
      }
      rendering.budget().items(column.size());
      columns.add(Value.list(column));
      start = end;
    }
    return columns;
  }
}
