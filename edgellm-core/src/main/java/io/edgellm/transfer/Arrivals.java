package io.edgellm.transfer;

import io.edgellm.model.Artifact;
import io.edgellm.store.BlobChunks;
import io.edgellm.transfer.TransferListener.TransferEvent;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What has come of the chunks that one download wants: those that are there, and the beginning of
 * the one that is coming, which outlives its connection.
 */
final class Arrivals {
  private static final long REPORT_NANOS = 250_000_000;

  /** Less of a chunk than this is no progress: else a byte per connection would be. */
  private static final long PROGRESS_BYTES = 64 << 10;

  private final BlobChunks file;
  private final BitSet wanted;
  private final TransferListener listener;
  private final LongSupplier nanoTime;
  private final ByteBuffer unfinished;
  private final BitSet distrusted = new BitSet();
  private int chunk = -1;
  private boolean patched;
  private long mostBytes;
  private long mostVerifiedBytes;
  private long reportNanos;
  private long reportBytes;

  Arrivals(BlobChunks file, BitSet wanted, TransferListener listener, LongSupplier nanoTime) {
    this.file = file;
    this.wanted = (BitSet) wanted.clone();
    this.listener = listener;
    this.nanoTime = nanoTime;
    this.unfinished =
        ByteBuffer.allocate((int) Math.min(Artifact.CHUNK_BYTES, file.artifact().sizeBytes()));
    this.reportNanos = nanoTime.getAsLong();
    this.mostBytes = presentBytes();
    this.mostVerifiedBytes = file.verifiedBytes();
    this.reportBytes = mostBytes;
    listener.onEvent(new TransferEvent.Progress(file.artifact(), mostBytes, 0));
  }

  BlobChunks file() {
    return file;
  }

  /** Returns which wanted chunks are not there; others may bring some at the same time. */
  BitSet missing() {
    BitSet missing = file.missing();
    missing.and(wanted);
    return missing;
  }

  /** Returns where the first byte of a chunk stands that has not come. */
  long begin(int next) {
    if (chunk != next) {
      chunk = next;
      unfinished.clear().limit(file.length(next));
      if (!distrusted.get(next)) {
        unfinished.put(uninterrupted(() -> file.beginning(next)));
      }
    }
    patched = unfinished.position() > 0;
    return file.offset(next) + unfinished.position();
  }

  /**
   * Takes the rest of the chunk that has been begun.
   *
   * @return whether it is there; otherwise the transfer may not run any more
   */
  boolean takeRest(Incoming incoming) {
    while (unfinished.hasRemaining()) {
      if (!incoming.read(unfinished)) {
        return false;
      }
      if (nanoTime.getAsLong() - reportNanos >= REPORT_NANOS) {
        report();
      }
    }
    finish(incoming);
    return true;
  }

  private void finish(Incoming incoming) {
    ByteBuffer whole = unfinished.duplicate().flip();
    int finished = chunk;
    chunk = -1;
    unfinished.clear();
    if (uninterrupted(() -> file.write(finished, whole))) {
      incoming.sender().delivered();
      report();
    } else if (!patched) {
      throw incoming.corrupt(file.offset(finished));
    } else {
      // Any of the pieces may be wrong: the chunk comes once more, from one place.
      distrusted.set(finished);
    }
  }

  /** Puts the beginning of a chunk on the disk, where the next download finds it. */
  void keepBeginning() {
    if (chunk >= 0 && unfinished.position() > 0 && unfinished.hasRemaining()) {
      uninterrupted(
          () -> {
            file.keepBeginning(chunk, unfinished.duplicate().flip());
            return chunk;
          });
    }
  }

  /**
   * Returns whether a chunk has become whole since this was last answered with yes, or as much as
   * 64 KiB are there more than ever before.
   */
  boolean haveGrown() {
    long present = presentBytes();
    long verified = file.verifiedBytes();
    boolean grown = verified > mostVerifiedBytes || present - mostBytes >= PROGRESS_BYTES;
    if (grown) {
      mostBytes = Math.max(mostBytes, present);
      mostVerifiedBytes = verified;
    }
    return grown;
  }

  private long presentBytes() {
    return file.verifiedBytes() + (chunk < 0 || file.has(chunk) ? 0 : unfinished.position());
  }

  private void report() {
    long now = nanoTime.getAsLong();
    long present = presentBytes();
    double seconds = Math.max(1, now - reportNanos) / 1e9;
    double rate = (double) Math.max(0, present - reportBytes) / seconds;
    reportNanos = now;
    reportBytes = present;
    listener.onEvent(new TransferEvent.Progress(file.artifact(), present, rate));
  }

  /** A file is closed under a thread that is interrupted; what has come is to be kept first. */
  private static <T> T uninterrupted(Supplier<T> work) {
    boolean interrupted = Thread.interrupted();
    try {
      return work.get();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
