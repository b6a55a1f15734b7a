package io.edgellm.internal.yaml;

import java.util.List;
import java.util.Map;

/** A part of a document, with its place. */
sealed interface YamlNode {
  /** Returns where it begins. */
  YamlPlace place();

  /**
   * One value.
   *
   * @param place where it begins
   * @param text its characters, without quotes and indentation
   * @param plain whether it is written without quotes or a block sign
   */
  record Scalar(YamlPlace place, String text, boolean plain) implements YamlNode {}

  /** A list. */
  record Sequence(YamlPlace place, List<YamlNode> items) implements YamlNode {
    public Sequence {
      items = List.copyOf(items);
    }
  }

  /**
   * A map.
   *
   * @param place where it begins
   * @param entries by name, in the order of the document
   */
  record Mapping(YamlPlace place, Map<String, Entry> entries) implements YamlNode {}

  /**
   * A field of a map.
   *
   * @param key where the name stands; the path includes it
   * @param value what it holds
   */
  record Entry(YamlPlace key, YamlNode value) {}
}
