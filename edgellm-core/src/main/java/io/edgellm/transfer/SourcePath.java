package io.edgellm.transfer;

import io.edgellm.model.ModelException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Where a file lies below the root of a source: names with {@code /} between them.
 *
 * <p>Plain paths of a release are the common case. Roles and targets of a TUF repository may have
 * any name, so that {@code %XX} stands for any other byte. It stays as it is in an address and is
 * decoded for a directory, as a server of static files does it, so that one tree of files serves
 * both ways. Who writes a source of his own checks and translates the paths with it.
 */
public final class SourcePath {
  private static final int MAX_LENGTH = 4096;
  private static final Pattern NAME =
      Pattern.compile("(?:[A-Za-z0-9_()@+=,. ~-]++|%[0-9A-Fa-f]{2})++");
  private static final String UNRESERVED_MARKS = "-._~";

  private final String text;

  private SourcePath(String text) {
    this.text = text;
  }

  /**
   * Checks a path.
   *
   * @param text as for {@link ArtifactSource#open(String, long)}
   * @throws ModelException with {@code UNSAFE_PATH}
   */
  public static SourcePath of(String text) {
    if (text.length() > MAX_LENGTH) {
      throw unsafe(text.substring(0, 64) + "…");
    }
    boolean safe = true;
    for (String name : text.split("/", -1)) {
      safe &= NAME.matcher(name).matches() && !isStep(decode(name));
    }
    if (!safe) {
      throw unsafe(text);
    }
    return new SourcePath(text);
  }

  /** Writes any text as a path, of which only the slashes keep a meaning. */
  public static String escaped(String anything) {
    return escape(anything, "/");
  }

  /** Returns it for an address, with every byte escaped that needs it, and what was escaped. */
  public String inAddress() {
    return escape(text, "/%");
  }

  /**
   * Returns it for a file system, and for stores whose names are not escaped.
   *
   * @throws ModelException with {@code UNSAFE_PATH} if it leaves the directory once decoded, or
   *     means different files on different systems
   */
  public String onDisk() {
    String decoded = decode(text);
    boolean safe = decoded.indexOf('\\') < 0 && decoded.indexOf('\0') < 0;
    for (String name : decoded.split("/", -1)) {
      safe &= !name.isEmpty() && !isStep(name);
    }
    if (!safe) {
      throw unsafe(text);
    }
    return decoded;
  }

  private static boolean isStep(String name) {
    return name.equals(".") || name.equals("..");
  }

  private static String decode(String name) {
    // The decoder reads forms, in which a plus is a space.
    return URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static String escape(String text, String kept) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || UNRESERVED_MARKS.indexOf(c) >= 0
              || kept.indexOf(c) >= 0;
      out.append(plain ? String.valueOf(c) : String.format("%%%02X", (int) c));
    }
    return out.toString();
  }

  static ModelException unsafe(String path) {
    return new ModelException(
        ModelException.Reason.UNSAFE_PATH,
        "'"
            + path
            + "' is not allowed as a path in a source: paths are relative, with '/' between names"
            + " of letters, digits, ._-~+=,@() and %XX, and stay below the root.",
        path);
  }
}
