package io.edgellm.transfer;

import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import io.edgellm.transfer.TransferListener.TransferEvent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Fills a file with the bytes of an artifact, chunk by verified chunk, and continues where an
 * earlier try ended.
 *
 * <p>What an earlier try left is believed only as far as its chunks have the digests of the
 * manifest: a note of "bytes completed" may be durable where the bytes are not. A chunk that
 * arrives wrong is never written. The whole digest and durability are the store's part, when it
 * takes the file.
 *
 * <p>Not thread-safe; one per file at a time.
 */
public final class BlobDownload {
  private final ArtifactSource source;
  private final TransferOptions options;
  private final RandomGenerator jitter;

  /**
   * @param source where the bytes come from
   * @param options how stubborn to be
   * @param jitter draws the pauses
   */
  public BlobDownload(ArtifactSource source, TransferOptions options, RandomGenerator jitter) {
    this.source = source;
    this.options = options;
    this.jitter = jitter;
  }

  /**
   * Downloads what is missing.
   *
   * @param artifact what is wanted
   * @param part the file to fill; created if absent
   * @param listener hears progress and retries
   * @throws TransferException if it gave up, was interrupted, or could not write; every verified
   *     chunk stays in the file
   */
  public void fetch(Artifact artifact, Path part, TransferListener listener) {
    try (FileChannel file =
        FileChannel.open(
            part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ChunkedFile chunks = new ChunkedFile(artifact, file, listener);
      chunks.keepVerified();
      int failures = 0;
      while (!chunks.isComplete()) {
        long before = chunks.doneBytes();
        try {
          receive(artifact, chunks);
        } catch (TransferException e) {
          failures = chunks.doneBytes() > before ? 1 : failures + 1;
          if (!e.isTransient() || failures >= options.attempts()) {
            throw e;
          }
          listener.onEvent(new TransferEvent.Retry(artifact, failures, e));
          pause(failures, artifact);
        }
      }
    } catch (IOException e) {
      throw new TransferException(
          TransferException.Reason.IO,
          "'" + part + "' cannot be written (" + e.getMessage() + "): check space and rights.",
          part.toString(),
          e);
    }
  }

  private void receive(Artifact artifact, ChunkedFile chunks) throws IOException {
    try (ArtifactSource.BlobStream stream = source.open(artifact.sha256(), chunks.doneBytes())) {
      InputStream in = stream.bytes();
      skipTo(chunks.doneBytes(), stream, artifact);
      RateLimit rate = new RateLimit(options, artifact.path());
      byte[] buffer = new byte[(int) Math.min(Artifact.CHUNK_BYTES, artifact.sizeBytes())];
      while (!chunks.isComplete()) {
        int length = chunks.nextLength();
        int filled = 0;
        while (filled < length) {
          int n = in.read(buffer, filled, Math.min(1 << 16, length - filled));
          if (n < 0) {
            throw new TransferException(
                TransferException.Reason.UNREACHABLE,
                "'"
                    + source.describe()
                    + "' ended '"
                    + artifact.path()
                    + "' at byte "
                    + (chunks.doneBytes() + filled)
                    + " of "
                    + artifact.sizeBytes()
                    + ".",
                artifact.path());
          }
          filled += n;
          rate.received(n);
        }
        chunks.accept(ByteBuffer.wrap(buffer, 0, length), source.describe());
      }
    }
  }

  private static void skipTo(long offset, ArtifactSource.BlobStream stream, Artifact artifact)
      throws IOException {
    long skip = offset - stream.offsetBytes();
    byte[] sink = new byte[1 << 16];
    while (skip > 0) {
      int n = stream.bytes().read(sink, 0, (int) Math.min(sink.length, skip));
      if (n < 0) {
        throw new TransferException(
            TransferException.Reason.UNREACHABLE,
            "The source ended '" + artifact.path() + "' before byte " + offset + ".",
            artifact.path());
      }
      skip -= n;
    }
  }

  private void pause(int failures, Artifact artifact) {
    double longest =
        Math.min(
            (double) options.longestPause().toNanos(),
            (double) options.firstPause().toNanos() * Math.pow(2, failures - 1));
    try {
      TimeUnit.NANOSECONDS.sleep((long) (jitter.nextDouble() * longest));
    } catch (InterruptedException e) {
      throw Refusals.interrupted(artifact.path(), e);
    }
  }

  /** Cuts a connection that lives, but hardly. */
  private static final class RateLimit {
    private final TransferOptions options;
    private final String path;
    private long windowStart = System.nanoTime();
    private long windowBytes;

    RateLimit(TransferOptions options, String path) {
      this.options = options;
      this.path = path;
    }

    void received(int bytes) {
      windowBytes += bytes;
      long elapsed = System.nanoTime() - windowStart;
      if (elapsed < options.rateWindow().toNanos()) {
        return;
      }
      double rate = (double) windowBytes / (elapsed / 1e9);
      if (rate < (double) options.minimumBytesPerSecond()) {
        throw new TransferException(
            TransferException.Reason.STALLED,
            "'" + path + "' came at " + (long) rate + " bytes per second, too slowly to go on.",
            path);
      }
      windowStart = System.nanoTime();
      windowBytes = 0;
    }
  }

  /** The file being filled: how far its chunks are verified. */
  private static final class ChunkedFile {
    private final Artifact artifact;
    private final FileChannel file;
    private final TransferListener listener;
    private int done;
    private long lastEventNanos;
    private long lastEventBytes;

    ChunkedFile(Artifact artifact, FileChannel file, TransferListener listener) {
      this.artifact = artifact;
      this.file = file;
      this.listener = listener;
    }

    void keepVerified() throws IOException {
      ByteBuffer buffer = ByteBuffer.allocate(Artifact.CHUNK_BYTES);
      while (!isComplete() && doneBytes() + nextLength() <= file.size()) {
        buffer.clear().limit(nextLength());
        while (buffer.hasRemaining() && file.read(buffer, doneBytes() + buffer.position()) >= 0) {
          // Until the chunk is full; the loop's condition knows that the file is long enough.
        }
        if (!isExpected(buffer.flip())) {
          break;
        }
        done++;
      }
      file.truncate(doneBytes());
      lastEventNanos = System.nanoTime();
      lastEventBytes = doneBytes();
      listener.onEvent(new TransferEvent.Progress(artifact, doneBytes(), 0));
    }

    void accept(ByteBuffer chunk, String from) throws IOException {
      if (!isExpected(chunk.duplicate())) {
        throw new TransferException(
            TransferException.Reason.CORRUPT,
            "'"
                + from
                + "' sent wrong bytes for '"
                + artifact.path()
                + "' in the chunk at byte "
                + doneBytes()
                + ": use another source, or publish the release there again.",
            artifact.path());
      }
      long position = doneBytes();
      while (chunk.hasRemaining()) {
        position += file.write(chunk, position);
      }
      done++;
      report();
    }

    private void report() {
      long now = System.nanoTime();
      double seconds = Math.max(1, now - lastEventNanos) / 1e9;
      listener.onEvent(
          new TransferEvent.Progress(
              artifact, doneBytes(), (double) (doneBytes() - lastEventBytes) / seconds));
      lastEventNanos = now;
      lastEventBytes = doneBytes();
    }

    private boolean isExpected(ByteBuffer chunk) {
      var digest = Sha256.newDigest();
      digest.update(chunk);
      return Sha256.of(digest.digest(), 0).equals(artifact.chunks().get(done));
    }

    boolean isComplete() {
      return done == artifact.chunks().size();
    }

    long doneBytes() {
      return Math.min(artifact.sizeBytes(), (long) done * Artifact.CHUNK_BYTES);
    }

    int nextLength() {
      return (int) Math.min(Artifact.CHUNK_BYTES, artifact.sizeBytes() - doneBytes());
    }
  }
}
