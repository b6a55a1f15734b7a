package io.edgellm.triton;

import java.util.List;

/**
 * What a server says of itself.
 *
 * @param name the server's name, {@code triton} for Triton
 * @param version the server's version
 * @param extensions the protocol extensions it speaks, such as {@code model_repository}
 */
public record ServerMetadata(String name, String version, List<String> extensions) {
  public ServerMetadata {
    extensions = List.copyOf(extensions);
  }

  static ServerMetadata of(Fields answer) {
    return new ServerMetadata(
        answer.text("name"), answer.text("version"), answer.texts("extensions"));
  }
}
