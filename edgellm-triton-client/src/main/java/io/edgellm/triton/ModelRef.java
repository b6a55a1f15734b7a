package io.edgellm.triton;

import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A model on a server, or one version of it.
 *
 * <p>Triton does not percent-decode names in paths, so a name that needs escaping cannot be
 * addressed at all. Only {@code [A-Za-z0-9._-]} is allowed; anything else is refused here, before a
 * request exists.
 *
 * @param name the model's name in the repository
 * @param version the version directory's name, a whole number on Triton; null lets the server
 *     choose
 */
public record ModelRef(String name, @Nullable String version) {
  private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9._-]{1,255}");

  /**
   * @throws TritonException INVALID_REQUEST if a name cannot stand in a path
   */
  public ModelRef {
    requireSegment("model name", name);
    if (version != null) {
      requireSegment("model version", version);
    }
  }

  /** The model in the version that the server chooses. */
  public static ModelRef of(String name) {
    return new ModelRef(name, null);
  }

  /** The model in exactly this version. */
  public static ModelRef of(String name, String version) {
    return new ModelRef(name, Objects.requireNonNull(version));
  }

  /** The model in exactly this version. */
  public static ModelRef of(String name, long version) {
    return new ModelRef(name, Long.toString(version));
  }

  String path() {
    return version == null ? "/v2/models/" + name : "/v2/models/" + name + "/versions/" + version;
  }

  static String requireSegment(String what, String value) {
    boolean dots = value.equals(".") || value.equals("..");
    if (dots || !SEGMENT.matcher(value).matches()) {
      throw TritonException.invalid(
          "The "
              + what
              + " must be 1 to 255 characters of A-Z a-z 0-9 . _ - and not a dot path; rename it.",
          Answer.printable(value));
    }
    return value;
  }
}
