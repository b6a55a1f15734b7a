package io.edgellm.trust.oms;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * One way for a payload to be wrong.
 *
 * @param name what is wrong
 * @param kind how it must be refused
 * @param payload makes it
 */
record MalformedPayload(String name, OmsFault.Kind kind, Function<SignedPayloads, byte[]> payload) {
  static final Partition FILES = new Partition.WholeFiles();
  static final Partition SHARDS = new Partition.Shards(3);

  static MalformedPayload text(
      String name, OmsFault.Kind kind, Partition partition, UnaryOperator<String> change) {
    return new MalformedPayload(name, kind, p -> p.changed(partition, change));
  }

  static MalformedPayload tree(
      String name, OmsFault.Kind kind, Partition partition, Consumer<ObjectNode> change) {
    return new MalformedPayload(name, kind, p -> p.edited(partition, change));
  }

  static void add(ArrayNode resources, String name, String digest) {
    resources.addObject().put("name", name).put("algorithm", "sha256").put("digest", digest);
  }

  @Override
  public String toString() {
    return name;
  }
}
