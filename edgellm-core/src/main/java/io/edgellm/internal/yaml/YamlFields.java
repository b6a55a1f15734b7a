package io.edgellm.internal.yaml;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one map by name and type, and remembers which ones were asked for, so that
 * {@link #end()} can refuse the rest. The sibling of {@link io.edgellm.internal.json.JsonFields}
 * for documents that people write: every fault carries line and column and says what to do. Not
 * thread-safe.
 */
public final class YamlFields {
  private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]{0,17})");
  private static final Pattern DECIMAL = Pattern.compile("-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,17})?");

  private final YamlNode.Mapping map;
  private final Set<String> asked = new HashSet<>();

  private YamlFields(YamlNode.Mapping map) {
    this.map = map;
  }

  static YamlFields of(YamlNode node) throws YamlFault {
    if (node instanceof YamlNode.Mapping map) {
      return new YamlFields(map);
    }
    throw wrong(node, "a map: write fields such as 'name: value'");
  }

  /** Returns where the map begins. */
  public YamlPlace place() {
    return map.place();
  }

  /** Returns where the value of a field begins; the place of the map if the field is absent. */
  public YamlPlace place(String name) {
    YamlNode.Entry entry = map.entries().get(name);
    return entry == null ? map.place() : entry.value().place();
  }

  /** Returns where an item of a list begins; the place of the field if there is no such item. */
  public YamlPlace place(String name, int index) {
    YamlNode.Entry entry = map.entries().get(name);
    return entry != null
            && entry.value() instanceof YamlNode.Sequence list
            && index < list.items().size()
        ? list.items().get(index).place()
        : place(name);
  }

  /** Returns whether the field is there. */
  public boolean has(String name) {
    return entry(name) != null;
  }

  /** Refuses a map without the field. */
  public void require(String name) throws YamlFault {
    value(name);
  }

  /** Returns whether the field is there and holds a single value. */
  public boolean isText(String name) {
    YamlNode.Entry entry = entry(name);
    return entry != null && entry.value() instanceof YamlNode.Scalar;
  }

  /** Returns the characters of a single value, as written. */
  public String text(String name) throws YamlFault {
    return text(value(name));
  }

  /** Returns the characters of a single value, or null where the field is absent. */
  public @Nullable String textOrNull(String name) throws YamlFault {
    return has(name) ? text(name) : null;
  }

  /** Returns a whole number, written with decimal digits and without quotes. */
  public long integer(String name) throws YamlFault {
    YamlNode node = value(name);
    if (node instanceof YamlNode.Scalar s && s.plain() && INTEGER.matcher(s.text()).matches()) {
      return Long.parseLong(s.text());
    }
    throw wrong(node, "a whole number such as 42, without quotes");
  }

  /** Returns a number, written with decimal digits and without quotes. */
  public BigDecimal decimal(String name) throws YamlFault {
    YamlNode node = value(name);
    if (node instanceof YamlNode.Scalar s && s.plain() && DECIMAL.matcher(s.text()).matches()) {
      return new BigDecimal(s.text());
    }
    throw wrong(node, "a number such as 0.05, without quotes");
  }

  /** Returns {@code true} or {@code false}, written like this and without quotes. */
  public boolean bool(String name) throws YamlFault {
    YamlNode node = value(name);
    if (node instanceof YamlNode.Scalar s && s.plain()) {
      if (s.text().equals("true")) {
        return true;
      }
      if (s.text().equals("false")) {
        return false;
      }
    }
    throw wrong(node, "true or false, without quotes");
  }

  /** Returns a duration such as {@code 72h} or {@code P3D}; not negative. */
  public Duration duration(String name) throws YamlFault {
    YamlNode node = value(name);
    Optional<Duration> duration =
        node instanceof YamlNode.Scalar s ? DurationText.parse(s.text()) : Optional.empty();
    if (duration.isEmpty()) {
      throw wrong(node, "a duration: write for instance 30s, 15m, 72h, 14d or P3D");
    }
    return duration.get();
  }

  /** Returns a duration, or {@code otherwise} where the field is absent. */
  public Duration duration(String name, Duration otherwise) throws YamlFault {
    return has(name) ? duration(name) : otherwise;
  }

  /** Returns a list of single values; empty where the field is absent. */
  public List<String> texts(String name) throws YamlFault {
    List<String> texts = new ArrayList<>();
    for (YamlNode item : items(name)) {
      texts.add(text(item));
    }
    return texts;
  }

  /** Returns a map. */
  public YamlFields map(String name) throws YamlFault {
    return of(value(name));
  }

  /** Returns a map, or null where the field is absent. */
  public @Nullable YamlFields mapOrNull(String name) throws YamlFault {
    return has(name) ? map(name) : null;
  }

  /** Returns a list of maps; empty where the field is absent. */
  public List<YamlFields> maps(String name) throws YamlFault {
    List<YamlFields> maps = new ArrayList<>();
    for (YamlNode item : items(name)) {
      maps.add(of(item));
    }
    return maps;
  }

  /** Refuses every field that nobody asked for, and says which one was probably meant. */
  public void end() throws YamlFault {
    Set<String> free = new TreeSet<>(asked);
    free.removeAll(map.entries().keySet());
    for (Map.Entry<String, YamlNode.Entry> entry : map.entries().entrySet()) {
      if (!asked.contains(entry.getKey())) {
        throw unknown(entry.getValue().key(), entry.getKey(), free);
      }
    }
  }

  private List<YamlNode> items(String name) throws YamlFault {
    if (!has(name)) {
      return List.of();
    }
    YamlNode node = value(name);
    if (node instanceof YamlNode.Sequence list) {
      return list.items();
    }
    throw wrong(node, "a list: write '[a, b]', or one item per line after '- '");
  }

  private YamlNode value(String name) throws YamlFault {
    YamlNode.Entry entry = entry(name);
    if (entry == null) {
      throw missing(name);
    }
    return entry.value();
  }

  private YamlNode.@Nullable Entry entry(String name) {
    asked.add(name);
    return map.entries().get(name);
  }

  private YamlFault missing(String name) {
    Map<String, YamlNode.Entry> unread = new TreeMap<>(map.entries());
    unread.keySet().removeAll(asked);
    for (Map.Entry<String, YamlNode.Entry> entry : unread.entrySet()) {
      if (NearestName.of(entry.getKey(), Set.of(name)).isPresent()) {
        return unknown(entry.getValue().key(), entry.getKey(), Set.of(name));
      }
    }
    YamlPlace start = map.place();
    YamlPlace place = new YamlPlace(start.line(), start.column(), start.field(name));
    return place.fault(place.name() + " is missing: add it.");
  }

  private YamlFault unknown(YamlPlace key, String name, Set<String> free) {
    return key.fault(
        key.name()
            + " is not a known field: "
            + NearestName.of(name, free)
                .map(meant -> "did you mean '" + meant + "'?")
                .orElse("known here are " + String.join(", ", new TreeSet<>(asked)) + "."));
  }

  private static String text(YamlNode node) throws YamlFault {
    if (node instanceof YamlNode.Scalar scalar) {
      return scalar.text();
    }
    throw wrong(node, "a single value");
  }

  private static YamlFault wrong(YamlNode node, String expected) {
    return node.place().fault(node.place().name() + " must be " + expected + ".");
  }
}
