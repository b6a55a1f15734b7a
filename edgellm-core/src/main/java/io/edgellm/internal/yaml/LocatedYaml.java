package io.edgellm.internal.yaml;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Reads small YAML documents that people write, strictly: one document of maps, lists and single
 * values, in UTF-8, of at most 1 MiB and 32 levels. Anchors, aliases, merge keys, tags, empty
 * values, a field twice and characters that nobody sees are faults: each of them can make a
 * document mean something else than it seems to.
 *
 * <p>Values have no types of their own. What is asked for decides, so that {@code no}, {@code 1.10}
 * and {@code 010} are the texts that were written; see {@link YamlFields}.
 *
 * <p>Columns count characters, as editors do, and not bytes or UTF-16 units.
 */
public final class LocatedYaml {
  private static final int MAX_BYTES = 1 << 20;

  private LocatedYaml() {}

  /** Reads a document whose root is a map. */
  public static YamlFields read(byte[] utf8) throws YamlFault {
    if (utf8.length > MAX_BYTES) {
      throw tooLarge();
    }
    return YamlFields.of(parse(decode(utf8)));
  }

  /** Reads a document whose root is a map. */
  public static YamlFields read(String text) throws YamlFault {
    if (text.length() > MAX_BYTES) {
      throw tooLarge();
    }
    return YamlFields.of(parse(text));
  }

  private static YamlFault tooLarge() {
    return syntax(1, 1, "the document is larger than 1 MiB: this is not the file that is meant.");
  }

  private static String decode(byte[] utf8) throws YamlFault {
    CharBuffer decoded = CharBuffer.allocate(utf8.length);
    CoderResult result =
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8), decoded, true);
    String text = decoded.flip().toString();
    if (result.isError()) {
      throw VisibleText.faultAfter(text, "the bytes here are not UTF-8: save the file as UTF-8.");
    }
    return text;
  }

  private static YamlNode parse(String text) throws YamlFault {
    VisibleText.require(text);
    try {
      return EventReader.read(text);
    } catch (NoClassDefFoundError e) {
      throw new YamlFault(
          YamlFault.Kind.MISSING_LIBRARY,
          new YamlPlace(1, 1, ""),
          "reading YAML needs com.fasterxml.jackson.dataformat:jackson-dataformat-yaml: add it to"
              + " the dependencies.",
          e);
    }
  }

  static YamlFault syntax(int line, int column, String sentence) {
    return new YamlFault(YamlFault.Kind.SYNTAX, new YamlPlace(line, column, ""), sentence, null);
  }
}
