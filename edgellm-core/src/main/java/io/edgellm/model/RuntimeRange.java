package io.edgellm.model;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Versions of a runtime that run a release.
 *
 * @param name the runtime, for instance {@code onnxruntime}
 * @param minVersion the lowest version, as dotted numbers
 * @param maxVersion the highest version, or null for any; only the numbers that it has are
 *     compared, so that {@code 1.28} includes 1.28.4
 */
public record RuntimeRange(String name, String minVersion, @Nullable String maxVersion) {
  private static final Pattern DOTTED = Pattern.compile("\\d{1,9}(\\.\\d{1,9}){0,3}");

  /** Refuses what is no version, and a range that no version is in. */
  public RuntimeRange {
    requireDotted(minVersion, "minRuntimeVersion");
    if (maxVersion != null) {
      requireDotted(maxVersion, "maxRuntimeVersion");
      if (DottedVersion.compareBeginning(minVersion, maxVersion) > 0) {
        throw new ModelException(
            ModelException.Reason.INVALID_VALUE,
            "No version of "
                + name
                + " is at least "
                + minVersion
                + " and at most "
                + maxVersion
                + ": correct the range.",
            "requirements.maxRuntimeVersion");
      }
    }
  }

  private static void requireDotted(String version, String field) {
    if (!DOTTED.matcher(version).matches()) {
      throw new ModelException(
          ModelException.Reason.INVALID_VALUE,
          "'" + version + "' is not a version of a runtime: write dotted numbers.",
          "requirements." + field);
    }
  }

  /** Returns whether a version is in the range; a vendor's suffix such as {@code -rc1} is cut. */
  public boolean admits(String version) {
    return DottedVersion.compare(version, minVersion) >= 0
        && (maxVersion == null || DottedVersion.compareBeginning(version, maxVersion) <= 0);
  }

  /** Returns the range for people, for instance {@code onnxruntime 1.20 to 1.28}. */
  @Override
  public String toString() {
    return name + " " + minVersion + (maxVersion == null ? " or newer" : " to " + maxVersion);
  }
}
