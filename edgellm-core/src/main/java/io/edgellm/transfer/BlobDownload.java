package io.edgellm.transfer;

import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import io.edgellm.transfer.TransferListener.TransferEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  private static final Logger LOG = LoggerFactory.getLogger(BlobDownload.class);
  private static final int PIECE_BYTES = 1 << 16;

  private final ArtifactSource source;
  private final TransferOptions options;
  private final Retries retries;

  /**
   * @param source where the bytes come from
   * @param options how stubborn to be
   * @param jitter draws the pauses
   */
  public BlobDownload(ArtifactSource source, TransferOptions options, RandomGenerator jitter) {
    this.source = source;
    this.options = options;
    this.retries = new Retries(options, jitter);
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
          if (!retries.allow(failures, e)) {
            throw e;
          }
          listener.onEvent(new TransferEvent.Retry(artifact.path(), failures, e));
          retries.await(failures, e, artifact.path());
        }
      }
    } catch (ClosedByInterruptException e) {
      throw Refusals.interrupted(artifact.path(), e);
    } catch (IOException e) {
      throw new TransferException(
          TransferException.Reason.IO,
          "'" + part + "' cannot be written (" + e.getMessage() + "): check space and rights.",
          part.toString(),
          e);
    }
  }

  private void receive(Artifact artifact, ChunkedFile chunks) throws IOException {
    try (Incoming incoming = new Incoming(artifact, chunks.doneBytes())) {
      byte[] buffer = new byte[(int) Math.min(Artifact.CHUNK_BYTES, artifact.sizeBytes())];
      while (!chunks.isComplete()) {
        int length = chunks.nextLength();
        incoming.fill(buffer, length);
        chunks.accept(ByteBuffer.wrap(buffer, 0, length), source.describe());
      }
    }
  }

  /** The bytes as they come: what goes wrong here is the source's fault, not the file's. */
  private final class Incoming implements AutoCloseable {
    private final Artifact artifact;
    private final ArtifactSource.BlobStream stream;
    private final RateLimit rate;
    private long position;

    Incoming(Artifact artifact, long offset) {
      this.artifact = artifact;
      this.rate =
          new RateLimit(options.minimumBytesPerSecond(), options.rateWindow(), artifact.path());
      this.stream = source.open(artifact.sha256(), offset);
      this.position = stream.offsetBytes();
      try {
        skipTo(offset);
      } catch (RuntimeException e) {
        close();
        throw e;
      }
    }

    private void skipTo(long offset) {
      byte[] sink = new byte[PIECE_BYTES];
      while (position < offset) {
        fill(sink, (int) Math.min(sink.length, offset - position));
      }
    }

    void fill(byte[] buffer, int length) {
      int filled = 0;
      while (filled < length) {
        int n = read(buffer, filled, Math.min(PIECE_BYTES, length - filled));
        filled += n;
        position += n;
        rate.received(n);
      }
    }

    private int read(byte[] buffer, int offset, int length) {
      int n;
      try {
        n = stream.bytes().read(buffer, offset, length);
      } catch (ClosedByInterruptException e) {
        throw Refusals.interrupted(artifact.path(), e);
      } catch (IOException e) {
        throw broken("broke", e);
      }
      if (n < 0) {
        throw broken("ended", null);
      }
      return n;
    }

    private TransferException broken(String what, @Nullable IOException cause) {
      return new TransferException(
          TransferException.Reason.UNREACHABLE,
          "'"
              + source.describe()
              + "' "
              + what
              + " '"
              + artifact.path()
              + "' at byte "
              + position
              + " of "
              + artifact.sizeBytes()
              + (cause == null ? "." : " (" + cause.getMessage() + ")."),
          artifact.path(),
          cause);
    }

    @Override
    public void close() {
      try {
        stream.close();
      } catch (IOException e) {
        LOG.debug("cannot close the stream of {}", artifact.path(), e);
      }
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
