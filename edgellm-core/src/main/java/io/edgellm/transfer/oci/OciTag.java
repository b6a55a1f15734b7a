package io.edgellm.transfer.oci;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.edgellm.model.ModelVersion;
import io.edgellm.model.Sha256;

/** How names become tags: at most 128 letters, digits and {@code ._-}, the first one no mark. */
final class OciTag {
  private static final int MAX = 128;

  private OciTag() {}

  /** Returns the tag of a version: there is no {@code +} in tags, and no {@code _} in versions. */
  static String of(ModelVersion version) {
    return version.toString().replace('+', '_');
  }

  /**
   * Returns the tag of any name: itself where it can be one, otherwise with {@code _XX} for every
   * byte that a tag cannot have, and its digest where that is too long.
   */
  static String of(String name) {
    StringBuilder tag = new StringBuilder();
    for (byte b : name.getBytes(UTF_8)) {
      char c = (char) (b & 0xff);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      boolean mark = !tag.isEmpty() && (c == '.' || c == '-');
      tag.append(letter || mark ? String.valueOf(c) : String.format("_%02X", (int) c));
    }
    return tag.length() <= MAX ? tag.toString() : "_" + Sha256.of(name.getBytes(UTF_8)).hex();
  }
}
