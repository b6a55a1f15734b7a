package io.edgellm.transfer;

import io.edgellm.model.Artifact;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bytes of a file as they come from a source; what goes wrong here is the source's fault, and
 * its sender hears of it.
 *
 * <p>For one reader.
 */
final class Incoming implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Incoming.class);
  private static final int PIECE_BYTES = 1 << 16;

  private final Artifact artifact;
  private final ArtifactSource.BlobStream stream;
  private final RateLimit rate;
  private final Gate gate;
  private final TransferControl.Watch watch;
  private long position;

  Incoming(
      Artifact artifact,
      ArtifactSource.BlobStream stream,
      RateLimit rate,
      Gate gate,
      TransferControl control) {
    this.artifact = artifact;
    this.stream = stream;
    this.rate = rate;
    this.gate = gate;
    this.watch = control.watch(this::hangUp);
    this.position = stream.offsetBytes();
  }

  /** Returns where the next byte stands in the file. */
  long position() {
    return position;
  }

  ArtifactSource.Sender sender() {
    return stream.sender();
  }

  /**
   * Reads over what nobody needs.
   *
   * @return whether it came there; otherwise the transfer may not run any more
   */
  boolean skipTo(long offset) {
    ByteBuffer sink = ByteBuffer.allocate(PIECE_BYTES);
    while (position < offset) {
      if (!read(sink.clear().limit((int) Math.min(PIECE_BYTES, offset - position)))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Reads some bytes, at least one and at most as many as there is room for.
   *
   * @return whether it did; otherwise the transfer may not run any more
   */
  boolean read(ByteBuffer into) {
    if (!gate.isOpen()) {
      return false;
    }
    try {
      rate.require();
      int n = receive(into, Math.min(gate.pieceBytes(), into.remaining()));
      into.position(into.position() + n);
      position += n;
      rate.received(n);
      rate.waited(gate.charge(n));
      return true;
    } catch (TransferException e) {
      throw failed(e);
    }
  }

  private int receive(ByteBuffer into, int length) {
    try {
      int n = stream.bytes().read(into.array(), into.arrayOffset() + into.position(), length);
      if (n < 0) {
        throw broken("ended", null);
      }
      return n;
    } catch (ClosedByInterruptException e) {
      throw Refusals.interrupted(artifact.path(), e);
    } catch (IOException e) {
      throw broken("broke", e);
    }
  }

  /** Says that the chunk that has just come is not the right one. */
  TransferException corrupt(long chunkOffset) {
    return failed(
        new TransferException(
            TransferException.Reason.CORRUPT,
            "'"
                + sender().describe()
                + "' sent wrong bytes for '"
                + artifact.path()
                + "' in the chunk at byte "
                + chunkOffset
                + ": use another source, or publish the release there again.",
            artifact.path()));
  }

  /** Whoever was hung up on has not failed. */
  private TransferException failed(TransferException e) {
    if (e.reason() != TransferException.Reason.CANCELLED && gate.isOpen()) {
      sender().failed(e);
    }
    return e;
  }

  private TransferException broken(String what, @Nullable IOException cause) {
    return new TransferException(
        TransferException.Reason.UNREACHABLE,
        "'"
            + sender().describe()
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

  private void hangUp() {
    try {
      stream.close();
    } catch (IOException e) {
      LOG.debug("cannot close the stream of {}", artifact.path(), e);
    }
  }

  @Override
  public void close() {
    watch.close();
    hangUp();
  }
}
