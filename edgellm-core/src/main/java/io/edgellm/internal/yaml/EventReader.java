package io.edgellm.internal.yaml;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * Builds the nodes of a document from the events of SnakeYAML's parser, which is the one below
 * Jackson's. The events say more than Jackson's tokens: anchors of single values, tags of names,
 * quotes, and the right column of a syntax error. Only this class knows the library.
 */
final class EventReader {
  private static final int MAX_DEPTH = 32;

  private final StreamReader reader;
  private final Parser parser;

  private EventReader(String text) {
    reader = new StreamReader(text);
    parser = new ParserImpl(reader, new LoaderOptions());
  }

  static YamlNode read(String text) throws YamlFault {
    return new EventReader(text).document();
  }

  private Event next() throws YamlFault {
    try {
      return parser.getEvent();
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark() == null ? reader.getMark() : e.getProblemMark();
      throw new YamlFault(YamlFault.Kind.SYNTAX, place(mark, ""), sentence(e), e);
    } catch (RuntimeException e) {
      // A number in an escape that is none, for instance, ends in a NumberFormatException.
      throw new YamlFault(
          YamlFault.Kind.SYNTAX,
          place(reader.getMark(), ""),
          "this is no YAML: look at the escapes and signs right before.",
          e);
    }
  }

  /** Names the two mistakes that people make most, of which the parser says something else. */
  private static String sentence(MarkedYAMLException e) {
    String problem = Objects.requireNonNullElse(e.getProblem(), "no reason given");
    if (problem.contains("TAB")) {
      return "a tab is not accepted here: write spaces.";
    }
    if ("while scanning an alias".equals(e.getContext())) {
      return "a value that begins with '*' must be in quotes: write for instance \"*\".";
    }
    return "this is no YAML ("
        + problem
        + "): look at quotes, brackets and indentation up to here.";
  }

  private YamlNode document() throws YamlFault {
    next();
    if (!(next() instanceof DocumentStartEvent start)) {
      throw LocatedYaml.syntax(1, 1, "the document is empty: write at least one field.");
    }
    if (start.getTags() != null && !start.getTags().isEmpty()) {
      throw refused(start, "declares tags, which are not accepted here: remove the line %TAG.");
    }
    Event root = next();
    YamlNode node = node(root, place(root.getStartMark(), ""), 1);
    next();
    Event end = next();
    if (end instanceof DocumentStartEvent) {
      throw refused(end, "begins a second document: keep one, and put the other into a file.");
    }
    return node;
  }

  private static YamlPlace place(Mark mark, String path) {
    return new YamlPlace(mark.getLine() + 1, mark.getColumn() + 1, path);
  }

  private static YamlFault refused(Event event, String sentence) {
    return new YamlFault(
        YamlFault.Kind.SYNTAX, place(event.getStartMark(), ""), "this " + sentence, null);
  }

  private YamlNode node(Event event, YamlPlace place, int depth) throws YamlFault {
    requirePlain(event);
    if (event instanceof ScalarEvent scalar) {
      return value(scalar, place);
    }
    if (depth > MAX_DEPTH) {
      throw refused(event, "is deeper than " + MAX_DEPTH + " levels: make it flatter.");
    }
    return event instanceof SequenceStartEvent ? list(place, depth) : map(place, depth);
  }

  private static void requirePlain(Event event) throws YamlFault {
    if (event instanceof AliasEvent) {
      throw refused(
          event, "is an alias, which is not accepted here: repeat the value, or quote it.");
    }
    if (event instanceof NodeEvent node && node.getAnchor() != null) {
      throw refused(event, "is an anchor, which is not accepted here: remove '&' and its name.");
    }
    if (tag(event) != null) {
      throw refused(event, "has a tag, which is not accepted here: remove '!' and its name.");
    }
  }

  private static @Nullable String tag(Event event) {
    if (event instanceof ScalarEvent scalar) {
      return scalar.getTag();
    }
    return event instanceof CollectionStartEvent start ? start.getTag() : null;
  }

  private static YamlNode value(ScalarEvent event, YamlPlace place) throws YamlFault {
    String text = event.getValue();
    if (event.isPlain() && (text.isEmpty() || text.equals("~") || text.equals("null"))) {
      throw place.fault(place.name() + " has no value: write one, or remove it.");
    }
    return new YamlNode.Scalar(place, text, event.isPlain());
  }

  private YamlNode list(YamlPlace place, int depth) throws YamlFault {
    List<YamlNode> items = new ArrayList<>();
    for (Event event = next(); !event.is(Event.ID.SequenceEnd); event = next()) {
      items.add(node(event, place(event.getStartMark(), place.item(items.size())), depth + 1));
    }
    return new YamlNode.Sequence(place, items);
  }

  private YamlNode map(YamlPlace place, int depth) throws YamlFault {
    Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
    for (Event event = next(); !event.is(Event.ID.MappingEnd); event = next()) {
      ScalarEvent name = name(event);
      YamlPlace key = place(name.getStartMark(), place.field(name.getValue()));
      YamlNode.Entry earlier = entries.get(name.getValue());
      if (earlier != null) {
        throw key.fault(
            key.name() + " is there already in line " + earlier.key().line() + ": keep one.");
      }
      Event value = next();
      entries.put(
          name.getValue(),
          new YamlNode.Entry(key, node(value, place(value.getStartMark(), key.path()), depth + 1)));
    }
    return new YamlNode.Mapping(place, Collections.unmodifiableMap(entries));
  }

  private static ScalarEvent name(Event event) throws YamlFault {
    requirePlain(event);
    if (!(event instanceof ScalarEvent name)) {
      throw refused(event, "is a map or a list as the name of a field: write a name.");
    }
    if (name.isPlain() && name.getValue().equals("<<")) {
      throw refused(event, "merges another map, which is not accepted here: repeat its fields.");
    }
    if (name.getValue().isBlank() || name.getValue().length() > 128) {
      throw refused(event, "is no name of a field: write one of 1 to 128 characters before ':'.");
    }
    return name;
  }
}
