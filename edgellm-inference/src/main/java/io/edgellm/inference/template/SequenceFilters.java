package io.edgellm.inference.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Filters that order, join and cut sequences. */
final class SequenceFilters {
  private SequenceFilters() {}

  static void addTo(Map<String, Filter> filters) {
    filters.put("list", (rendering, input, args) -> Value.list(items(rendering, input)));
    filters.put("first", (rendering, input, args) -> end(items(rendering, input), true));
    filters.put("last", (rendering, input, args) -> end(items(rendering, input), false));
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
    List<Value> items = Sequences.iterate(input);
    rendering.budget().spend(items.size());
    return items;
  }

  /** The attribute path {@code a.b.0} of an item, or the item itself for None. */
  static Value part(Value item, Value path) {
    if (path instanceof Value.None) {
      return item;
    }
    if (path instanceof Value.Int index) {
      return Attributes.item(item, index);
    }
    Value part = item;
    for (Value step : Strings.split(Strings.text(path, "attribute"), ".", -1)) {
      String name = step.toString();
      part =
          Attributes.item(part, name.matches("[0-9]{1,9}") ? Value.of(Long.parseLong(name)) : step);
    }
    return part;
  }

  private static Value end(List<Value> items, boolean first) {
    if (items.isEmpty()) {
      return new Value.Undefined("The sequence has no " + (first ? "first" : "last") + " item.");
    }
    return items.get(first ? 0 : items.size() - 1);
  }

  private static Value reverse(Rendering rendering, Value input, Args args) {
    List<Value> reversed = new ArrayList<>(items(rendering, input));
    Collections.reverse(reversed);
    if (input instanceof Value.Str) {
      TextBuilder text = new TextBuilder();
      reversed.forEach(character -> text.append(((Value.Str) character).text()));
      return Value.of(text.build());
    }
    return new Value.Generator(reversed);
  }

  private static Value join(Rendering rendering, Value input, Args args) {
    Text separator = PythonText.str(args.optional("d", Value.of(Text.EMPTY)), rendering.budget());
    Value attribute = args.optional("attribute", Value.None.NONE);
    List<Text> parts = new ArrayList<>();
    for (Value item : items(rendering, input)) {
      parts.add(PythonText.str(part(item, attribute), rendering.budget()));
    }
    return Value.of(Strings.join(rendering.budget(), separator, parts));
  }

  private static Value entries(Rendering rendering, Value input, Args args) {
    if (input instanceof Value.Undefined) {
      return new Value.Generator(List.of());
    }
    if (!(input instanceof Value.Dict dict)) {
      throw new Fault("items() needs a dict, not a " + input.typeName() + ".");
    }
    List<Value> entries = new ArrayList<>();
    dict.entries().forEach((key, value) -> entries.add(Value.tuple(key, value)));
    rendering.budget().spend(entries.size());
    return new Value.Generator(entries);
  }

  private static Value dictSort(Rendering rendering, Value input, Args args) {
    boolean caseSensitive = args.truth("case_sensitive", false);
    boolean byValue = args.text("by", "key").toString().equals("value");
    boolean reverse = args.truth("reverse", false);
    List<Value> entries =
        new ArrayList<>(((Value.Generator) entries(rendering, input, args)).take());
    Value index = Value.of(byValue ? 1L : 0L);
    entries.sort(order(rendering, index, caseSensitive, reverse));
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
    List<Value> paths = new ArrayList<>();
    if (attributes instanceof Value.Str names) {
      paths.addAll(Strings.split(names.text(), ",", -1));
    } else {
      paths.add(attributes);
    }
    Comparator<Value> order =
        (a, b) -> {
          rendering.budget().spend(1);
          for (Value path : paths) {
            int result =
                Operators.compare(
                    folded(part(a, path), caseSensitive),
                    folded(part(b, path), caseSensitive),
                    "<");
            if (result != 0) {
              return result;
            }
          }
          return 0;
        };
    return reverse ? order.reversed() : order;
  }

  private static Value folded(Value value, boolean caseSensitive) {
    return !caseSensitive && value instanceof Value.Str str
        ? Value.of(Strings.lower(str.text()))
        : value;
  }

  private static Value unique(Rendering rendering, Value input, Args args) {
    boolean caseSensitive = args.truth("case_sensitive", false);
    Value attribute = args.optional("attribute", Value.None.NONE);
    Set<Value> seen = new HashSet<>();
    List<Value> unique = new ArrayList<>();
    for (Value item : items(rendering, input)) {
      if (seen.add(folded(part(item, attribute), caseSensitive))) {
        unique.add(item);
      }
    }
    return new Value.Generator(unique);
  }

  private static Value extreme(Rendering rendering, Value input, Args args, int sign) {
    boolean caseSensitive = args.truth("case_sensitive", false);
    Value attribute = args.optional("attribute", Value.None.NONE);
    Comparator<Value> order = order(rendering, attribute, caseSensitive, false);
    Value best = null;
    for (Value item : items(rendering, input)) {
      if (best == null || order.compare(item, best) * sign > 0) {
        best = item;
      }
    }
    return best == null ? new Value.Undefined("The sequence is empty.") : best;
  }

  private static Value groupBy(Rendering rendering, Value input, Args args) {
    Value attribute = args.required("attribute");
    Value otherwise = args.optional("default", Value.None.NONE);
    boolean caseSensitive = args.truth("case_sensitive", false);
    Map<Value, List<Value>> groups = new LinkedHashMap<>();
    Map<Value, Value> labels = new LinkedHashMap<>();
    for (Value item : items(rendering, input)) {
      Value label = part(item, attribute);
      label = label instanceof Value.Undefined ? otherwise : label;
      Value key = folded(label, caseSensitive);
      labels.putIfAbsent(key, label);
      groups.computeIfAbsent(key, k -> new ArrayList<>()).add(item);
    }
    List<Value> keys = new ArrayList<>(groups.keySet());
    keys.sort((a, b) -> Operators.compare(a, b, "<"));
    List<Value> result = new ArrayList<>();
    for (Value key : keys) {
      Value label = labels.getOrDefault(key, key);
      List<Value> pair = List.of(label, Value.list(groups.getOrDefault(key, List.of())));
      result.add(new Value.Items(pair, Value.Items.Kind.GROUP));
    }
    return Value.list(result);
  }

  private static Value batch(Rendering rendering, Value input, Args args) {
    int size = (int) Math.max(1, Math.min(1 << 20, args.integer("linecount", 1)));
    Value fill = args.optional("fill_with", Value.None.NONE);
    List<Value> items = items(rendering, input);
    List<Value> rows = new ArrayList<>();
    for (int start = 0; start < items.size(); start += size) {
      List<Value> row = new ArrayList<>(items.subList(start, Math.min(items.size(), start + size)));
      if (!(fill instanceof Value.None)) {
        rendering.budget().items(size);
        while (row.size() < size) {
          row.add(fill);
        }
      }
      rows.add(Value.list(row));
    }
    return new Value.Generator(rows);
  }

  private static Value columns(Rendering rendering, Value input, Args args) {
    int count = (int) Math.max(1, Math.min(1 << 20, args.integer("slices", 1)));
    rendering.budget().spend(count);
    Value fill = args.optional("fill_with", Value.None.NONE);
    List<Value> items = items(rendering, input);
    int each = items.size() / count;
    int longer = items.size() % count;
    List<Value> columns = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < count; i++) {
      int end = start + each + (i < longer ? 1 : 0);
      List<Value> column = new ArrayList<>(items.subList(start, end));
      if (!(fill instanceof Value.None) && i >= longer) {
        column.add(fill);
      }
      columns.add(Value.list(column));
      start = end;
    }
    return new Value.Generator(columns);
  }
}
