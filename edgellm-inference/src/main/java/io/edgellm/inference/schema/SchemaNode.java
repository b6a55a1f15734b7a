package io.edgellm.inference.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A schema object at its place in a document. Two nodes are equal when they are the same place.
 *
 * <p>The place is kept as a link to the schema around it and not as text: pointers of all places of
 * a deep document together would take the square of its size.
 */
final class SchemaNode {
  private final @Nullable SchemaNode parent;
  private final String path;
  private final JsonNode json;
  private final URI base;
  private final boolean constant;

  /**
   * @param parent the schema around it, or null for a root
   * @param path the pointer from the parent to here, such as {@code /properties/a}
   * @param json the schema, an object
   * @param base the address that references are relative to
   * @param constant whether this stands for one value, of which there is no other node
   */
  SchemaNode(@Nullable SchemaNode parent, String path, JsonNode json, URI base, boolean constant) {
    this.parent = parent;
    this.path = path;
    this.json = json;
    this.base = base;
    this.constant = constant;
  }

  /** Returns the same schema with an address of its own. */
  SchemaNode at(URI address) {
    return new SchemaNode(parent, path, json, address, constant);
  }

  JsonNode json() {
    return json;
  }

  URI base() {
    return base;
  }

  boolean isConstant() {
    return constant;
  }

  /** Returns the JSON pointer of this schema from the root of the document, such as {@code #/a}. */
  String pointer() {
    Deque<String> paths = new ArrayDeque<>();
    for (SchemaNode node = this; node != null; node = node.parent) {
      paths.addFirst(node.path);
    }
    return "#" + String.join("", paths);
  }

  /** Returns a keyword or name as one step of a JSON pointer. */
  static String step(String name) {
    return "/" + name.replace("~", "~0").replace("/", "~1");
  }

  @Override
  public String toString() {
    return pointer();
  }
}
