package io.edgellm.internal.yaml;

/**
 * Where something stands in a document.
 *
 * @param line counted from 1
 * @param column in characters, counted from 1
 * @param path for instance {@code signers[2].models[0]}; empty for the document
 */
public record YamlPlace(int line, int column, String path) {
  /** Returns the path of a field of the map that stands here. */
  String field(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  /** Returns the path of an item of the list that stands here. */
  String item(int index) {
    return path + "[" + index + "]";
  }

  /** Returns the path in quotes, for sentences. */
  public String name() {
    return path.isEmpty() ? "the document" : "'" + path + "'";
  }

  /**
   * Makes a fault of something that is wrong here.
   *
   * @param sentence what is wrong, and what to do about it
   */
  public YamlFault fault(String sentence) {
    return new YamlFault(YamlFault.Kind.CONTENT, this, sentence, null);
  }
}
