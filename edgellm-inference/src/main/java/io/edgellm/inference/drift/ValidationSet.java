package io.edgellm.inference.drift;

import io.edgellm.inference.drift.DriftException.Reason;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The data that figures were measured on, to be named in a release.
 *
 * @param name the names of its files
 * @param digest SHA-256 of what {@code sha256sum} prints for the files, in their order
 */
public record ValidationSet(String name, Sha256 digest) {

  /**
   * Reads files.
   *
   * @param files no two of the same name
   * @throws DriftException INVALID_MATERIAL if one cannot be read
   */
  public static ValidationSet of(List<Path> files) {
    Map<String, Path> byName = new LinkedHashMap<>();
    for (Path file : files) {
      if (byName.put(String.valueOf(file.getFileName()), file) != null) {
        throw new DriftException(
            Reason.INVALID_MATERIAL,
            "Two files are called " + file.getFileName() + ": give one another name.",
            file.toString());
      }
    }
    try {
      return new ValidationSet(String.join(", ", byName.keySet()), FileDigests.of(byName));
    } catch (IOException e) {
      throw new DriftException(
          Reason.INVALID_MATERIAL,
          "The texts and probes cannot be read (" + e + "): check the paths.",
          null,
          e);
    }
  }
}
