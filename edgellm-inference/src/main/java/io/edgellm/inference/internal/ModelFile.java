package io.edgellm.inference.internal;

import io.edgellm.llm.InferenceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A configuration file of a model, read whole and never more than its limit.
 *
 * @param path where it lies
 * @param maxBytes the size from which it is refused
 */
public record ModelFile(Path path, int maxBytes) {

  /**
   * Reads the file.
   *
   * @throws InferenceException MODEL_INVALID if it is missing, unreadable or too large
   */
  public byte[] read() {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(maxBytes);
      if (in.read() >= 0) {
        throw invalid("is larger than " + maxBytes + " bytes; it is not a file of a model", null);
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw invalid("is missing; the model directory is not complete", e);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** Returns the error that says that it cannot be read. */
  public InferenceException unreadable(IOException cause) {
    return cause instanceof ClosedByInterruptException
        ? error(
            InferenceException.Reason.RUNTIME,
            "was not read to its end, since the thread that loads was interrupted; load again",
            cause)
        : error(
            InferenceException.Reason.MODEL_INVALID,
            "cannot be read: " + cause.getMessage(),
            cause);
  }

  /** Returns the error that says what is wrong with this file. */
  public InferenceException invalid(String what, @Nullable Throwable cause) {
    return error(InferenceException.Reason.MODEL_INVALID, what, cause);
  }

  /** Returns the error that says of what kind this file is, and which kinds there are. */
  public InferenceException unsupported(String what) {
    return error(InferenceException.Reason.MODEL_UNSUPPORTED, what, null);
  }

  private InferenceException error(
      InferenceException.Reason reason, String what, @Nullable Throwable cause) {
    return new InferenceException(reason, path.getFileName() + " " + what, path.toString(), cause);
  }
}
