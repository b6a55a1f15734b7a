package io.edgellm.model;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A version by <a href="https://semver.org/spec/v2.0.0.html">Semantic Versioning 2.0.0</a>, such as
 * {@code 1.3.0+onnx-int8-aarch64}.
 *
 * <p>The identity is the whole string: two builds of one version are two versions. Build metadata
 * has no precedence ({@link #precedence()}); the natural order uses it only to tell equals apart,
 * so that it is consistent with {@code equals}.
 *
 * <p>At most 128 characters. Letters are lower case, since the string is used as a directory name
 * and some file systems ignore case.
 */
public final class ModelVersion implements Comparable<ModelVersion> {
  // The expression that semver.org suggests, with the letters of identifiers in lower case only.
  private static final Pattern SEMVER =
      Pattern.compile(
          "(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)"
              + "(?:-((?:0|[1-9]\\d*|\\d*[a-z-][0-9a-z-]*)(?:\\.(?:0|[1-9]\\d*|\\d*[a-z-][0-9a-z-]*))*))?"
              + "(?:\\+([0-9a-z-]+(?:\\.[0-9a-z-]+)*))?");
  private static final int MAX_LENGTH = 128;

  private final String text;
  private final long major;
  private final long minor;
  private final long patch;
  private final List<String> preRelease;
  private final String build;

  private ModelVersion(String text, Matcher m) {
    this.text = text;
    this.major = number(text, m.group(1));
    this.minor = number(text, m.group(2));
    this.patch = number(text, m.group(3));
    this.preRelease = m.group(4) == null ? List.of() : List.of(m.group(4).split("\\.", -1));
    this.build = m.group(5) == null ? "" : m.group(5);
  }

  /**
   * Reads a version.
   *
   * @throws ModelException with {@code INVALID_VALUE} if it is not one
   */
  public static ModelVersion parse(String text) {
    Matcher m = SEMVER.matcher(text);
    if (text.length() > MAX_LENGTH || !m.matches()) {
      throw invalid(text);
    }
    return new ModelVersion(text, m);
  }

  private static long number(String text, String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw invalid(text);
    }
  }

  private static ModelException invalid(String text) {
    return new ModelException(
        ModelException.Reason.INVALID_VALUE,
        "'"
            + text
            + "' is not a version: write MAJOR.MINOR.PATCH, then optionally '-pre.release' and"
            + " '+build', all in lower case, at most 128 characters.",
        text);
  }

  /** Returns the first number. */
  public long major() {
    return major;
  }

  /** Returns the second number. */
  public long minor() {
    return minor;
  }

  /** Returns the third number. */
  public long patch() {
    return patch;
  }

  /** Returns whether there is a pre-release part. */
  public boolean isPreRelease() {
    return !preRelease.isEmpty();
  }

  /** Returns the build metadata, for instance {@code onnx-int8-aarch64}. */
  public Optional<String> build() {
    return build.isEmpty() ? Optional.empty() : Optional.of(build);
  }

  /** Returns the order by precedence of Semantic Versioning, which ignores build metadata. */
  public static Comparator<ModelVersion> precedence() {
    return Comparator.<ModelVersion>comparingLong(v -> v.major)
        .thenComparingLong(v -> v.minor)
        .thenComparingLong(v -> v.patch)
        .thenComparing(v -> v.preRelease, ModelVersion::comparePreRelease);
  }

  private static int comparePreRelease(List<String> a, List<String> b) {
    if (a.isEmpty() || b.isEmpty()) {
      // A release comes after each of its pre-releases.
      return Boolean.compare(a.isEmpty(), b.isEmpty());
    }
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      int c = compareIdentifier(a.get(i), b.get(i));
      if (c != 0) {
        return c;
      }
    }
    return Integer.compare(a.size(), b.size());
  }

  private static int compareIdentifier(String a, String b) {
    boolean numericA = a.chars().allMatch(Character::isDigit);
    boolean numericB = b.chars().allMatch(Character::isDigit);
    if (numericA && numericB) {
      // Without leading zeros the longer number is the larger one, however long both are.
      int byLength = Integer.compare(a.length(), b.length());
      return byLength != 0 ? byLength : a.compareTo(b);
    }
    return numericA == numericB ? a.compareTo(b) : (numericA ? -1 : 1);
  }

  @Override
  public int compareTo(ModelVersion other) {
    int c = precedence().compare(this, other);
    return c != 0 ? c : build.compareTo(other.build);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof ModelVersion v && text.equals(v.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** Returns the whole string. */
  @Override
  public String toString() {
    return text;
  }

  /** Returns the string as a tag of an OCI registry, where {@code +} is not allowed. */
  public String ociTag() {
    return text.replace('+', '_').toLowerCase(Locale.ROOT);
  }
}
