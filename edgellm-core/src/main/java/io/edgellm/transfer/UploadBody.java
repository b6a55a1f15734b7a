package io.edgellm.transfer;

import io.edgellm.model.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a request: in memory, or a part of a file that is read while it is sent, so that its
 * size does not matter. They can be sent again and again. Thread-safe.
 */
public final class UploadBody {
  private static final int BUFFER_BYTES = 1 << 16;

  private interface Opening {
    InputStream open() throws IOException;
  }

  private final Opening opening;
  private final long sizeBytes;
  private final String name;
  private final LongConsumer sent;
  private final @Nullable Sha256 digest;

  private UploadBody(
      Opening opening, long sizeBytes, String name, LongConsumer sent, @Nullable Sha256 digest) {
    this.opening = opening;
    this.sizeBytes = sizeBytes;
    this.name = name;
    this.sent = sent;
    this.digest = digest;
  }

  /** Takes bytes that are in memory; they are not copied. */
  public static UploadBody of(byte[] bytes) {
    return new UploadBody(
        () -> new ByteArrayInputStream(bytes),
        bytes.length,
        "the document",
        count -> {},
        Sha256.of(bytes));
  }

  /**
   * Takes a part of a file.
   *
   * @param file which must not change meanwhile
   * @param offsetBytes where it begins
   * @param sizeBytes how long it is; a file that ends before is an error
   */
  public static UploadBody of(Path file, long offsetBytes, long sizeBytes) {
    return new UploadBody(
        () ->
            new MediumStream(
                FileChannel.open(file, StandardOpenOption.READ),
                offsetBytes,
                sizeBytes,
                (e, position) -> Refusals.unreadable(file.toString(), " at byte " + position, e)),
        sizeBytes,
        file.toString(),
        count -> {},
        null);
  }

  /**
   * Returns the same bytes, whose sending somebody hears of.
   *
   * @param listener is told how many more have been handed to the connection; called by threads of
   *     the client, and anew from the first byte on if they are sent again
   */
  public UploadBody heardBy(LongConsumer listener) {
    return new UploadBody(opening, sizeBytes, name, listener, digest);
  }

  /** Returns the same bytes, of which somebody knows the digest already. */
  public UploadBody knownAs(Sha256 value) {
    return new UploadBody(opening, sizeBytes, name, sent, value);
  }

  /** Returns how many bytes there are. */
  public long sizeBytes() {
    return sizeBytes;
  }

  /** Returns where they are from, for people. */
  String name() {
    return name;
  }

  LongConsumer sent() {
    return sent;
  }

  /** What is done with bytes. */
  @FunctionalInterface
  public interface Sink {
    /** Takes the first bytes of a buffer, which is used again afterwards. */
    void take(byte[] buffer, int length) throws IOException;
  }

  /**
   * Reads all of it.
   *
   * @throws TransferException with {@code IO} if it cannot be read, or ends early
   */
  public void readInto(Sink sink) {
    byte[] buffer = new byte[(int) Math.max(1, Math.min(BUFFER_BYTES, sizeBytes))];
    long left = sizeBytes;
    try (InputStream in = open()) {
      while (left > 0) {
        int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (n < 0) {
          throw new IOException("it ends " + left + " bytes too early");
        }
        sink.take(buffer, n);
        left -= n;
      }
    } catch (IOException e) {
      throw Refusals.unreadable(name, "", e);
    }
  }

  /** Returns the digest of the bytes, which are read unless somebody knows it. */
  public Sha256 sha256() {
    if (digest != null) {
      return digest;
    }
    MessageDigest running = Sha256.newDigest();
    readInto((buffer, length) -> running.update(buffer, 0, length));
    return Sha256.of(running.digest(), 0);
  }

  InputStream open() throws IOException {
    return opening.open();
  }
}
