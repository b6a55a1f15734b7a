package io.edgellm.model;

import java.util.regex.Pattern;

/**
 * The name of a model line, such as {@code assistant}: what stays the same from version to version.
 *
 * <p>Lower-case letters, digits, {@code .}, {@code _} and {@code -}, at most 64 characters,
 * beginning with a letter or digit. The name is used as a directory name and in URLs, so that two
 * names that differ only in case, and names with a meaning to a file system, cannot exist.
 *
 * @param value the name
 */
public record ModelId(String value) implements Comparable<ModelId> {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
  private static final Pattern WINDOWS_DEVICE =
      Pattern.compile("(con|prn|aux|nul|com[0-9]|lpt[0-9])(\\..*)?");

  /** Refuses what is not a name. */
  public ModelId {
    if (!NAME.matcher(value).matches()
        || value.endsWith(".")
        || WINDOWS_DEVICE.matcher(value).matches()) {
      throw new ModelException(
          ModelException.Reason.INVALID_VALUE,
          "'"
              + value
              + "' is not a model name: use up to 64 lower-case letters, digits, '.', '_' or '-',"
              + " beginning with a letter or digit, and no device name of Windows.",
          value);
    }
  }

  @Override
  public int compareTo(ModelId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
