package io.edgellm.release;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads a secret without leaving a copy of it in a {@link String}. */
final class PassphraseFile {
  private static final int MAX_BYTES = 1 << 10;

  private PassphraseFile() {}

  static char[] firstLine(Path file) {
    byte[] bytes = new byte[0];
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES);
      int length = 0;
      while (length < bytes.length && bytes[length] != '\n' && bytes[length] != '\r') {
        length++;
      }
      if (length == 0 || length == MAX_BYTES) {
        throw unusable(file, "its first line must have 1 to 1023 bytes", null);
      }
      return decode(ByteBuffer.wrap(bytes, 0, length));
    } catch (CharacterCodingException e) {
      throw unusable(file, "it is not UTF-8", e);
    } catch (IOException e) {
      throw new ReleaseException(
          ReleaseException.Reason.IO,
          "The password cannot be read (" + e + "): check the path and the permissions.",
          file.toString(),
          e);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static char[] decode(ByteBuffer line) throws CharacterCodingException {
    CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(line);
    char[] password = new char[decoded.remaining()];
    decoded.get(password);
    Arrays.fill(decoded.array(), '\0');
    return password;
  }

  private static ReleaseException unusable(Path file, String why, @Nullable IOException cause) {
    return new ReleaseException(
        ReleaseException.Reason.BAD_KEY,
        "The file of the password cannot be used ("
            + why
            + "): write the password into its first"
            + " line.",
        file.toString(),
        cause);
  }
}
