package io.edgellm.peer;

import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * The name of a node among its peers: drawn at random, so that it says nothing about the device. A
 * node that takes part in a site has one for all of its files; a new one after each start is as
 * good as the old one.
 *
 * @param hex 32 lower-case hexadecimal digits
 */
public record NodeId(String hex) implements Comparable<NodeId> {
  static final int BYTES = 16;
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{32}");

  /** Refuses what is not a name. */
  public NodeId {
    if (!HEX.matcher(hex).matches()) {
      throw new IllegalArgumentException(
          "'" + hex + "' is not the name of a node: it has 32 lower-case hexadecimal digits.");
    }
  }

  /** Draws a name. */
  public static NodeId random(RandomGenerator random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return of(bytes);
  }

  static NodeId of(byte[] bytes) {
    return new NodeId(HexFormat.of().formatHex(bytes));
  }

  byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  @Override
  public int compareTo(NodeId other) {
    return hex.compareTo(other.hex);
  }

  @Override
  public String toString() {
    return hex;
  }
}
