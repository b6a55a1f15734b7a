package io.edgellm.trust;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** Reads a small file whole, and a large one not at all. */
final class BoundedFile {
  private BoundedFile() {}

  /**
   * @throws TrustException with {@code MISSING}, {@code MALFORMED} if it is larger, {@code
   *     UNREADABLE}
   */
  static byte[] read(Path file, int maxBytes) {
    try {
      if (!Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .isRegularFile()) {
        throw new TrustException(
            TrustException.Reason.UNEXPECTED_FILES,
            "'" + file.getFileName() + "' is not a file: fetch the release again.",
            file.toString());
      }
      try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
        byte[] bytes = in.readNBytes(maxBytes + 1);
        if (bytes.length > maxBytes) {
          throw new TrustException(
              TrustException.Reason.MALFORMED,
              "'"
                  + file.getFileName()
                  + "' is larger than "
                  + maxBytes
                  + " bytes: it is not what"
                  + " its name says.",
              file.toString());
        }
        return bytes;
      }
    } catch (NoSuchFileException e) {
      throw new TrustException(
          TrustException.Reason.MISSING,
          "There is no '" + file.getFileName() + "': only signed releases can be used.",
          file.toString(),
          e);
    } catch (IOException e) {
      throw new TrustException(
          TrustException.Reason.UNREADABLE,
          "'" + file.getFileName() + "' cannot be read (" + e + "): check the permissions.",
          file.toString(),
          e);
    }
  }
}
