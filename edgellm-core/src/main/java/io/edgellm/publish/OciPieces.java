package io.edgellm.publish;

import io.edgellm.model.Sha256;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferException.Reason;
import io.edgellm.transfer.UploadBody;
import io.edgellm.transfer.oci.OciUploads;
import io.edgellm.transfer.oci.OciUploads.Session;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * A file of a release on its way into a registry, in pieces one after the other.
 *
 * <p>After a broken connection nobody knows how much has come: the registry is asked, and the next
 * piece begins there. A session that it has forgotten begins anew.
 */
final class OciPieces {
  private static final int ROUNDS = 3;
  private static final UploadBody NOTHING = UploadBody.of(new byte[0]);

  private final OciUploads uploads;
  private final String repository;
  private final BlobReader reader;
  private final long pieceBytes;

  OciPieces(OciUploads uploads, String repository, BlobReader reader, long pieceBytes) {
    this.uploads = uploads;
    this.repository = repository;
    this.reader = reader;
    this.pieceBytes = pieceBytes;
  }

  /**
   * Sends the file.
   *
   * @param isThere says whether the registry has it
   */
  void send(Sending sending, BooleanSupplier isThere) {
    String path = reader.blob().path();
    for (int round = 1; round <= ROUNDS; round++) {
      if (new Round(sending).isSent() || sending.trying(path, isThere::getAsBoolean)) {
        return;
      }
    }
    throw new TransferException(
        Reason.REFUSED,
        "'"
            + uploads.describe()
            + "' has forgotten the upload of '"
            + path
            + "' "
            + ROUNDS
            + " times: look at the registry, and at whether several of them share their storage.",
        path);
  }

  /** One session. */
  private final class Round {
    private final Sending sending;
    private final String path = reader.blob().path();
    private final Sha256 digest = reader.blob().sha256();
    private final long sizeBytes = reader.blob().sizeBytes();
    private boolean doubtful;

    Round(Sending sending) {
      this.sending = sending;
    }

    boolean isSent() {
      Session session = sending.trying(path, () -> uploads.begin(repository));
      while (sizeBytes - session.receivedBytes() > pieceBytes) {
        Optional<Session> next = append(session);
        if (next.isEmpty()) {
          return false;
        }
        session = next.get();
      }
      return end(session);
    }

    private Optional<Session> append(Session last) {
      long end = last.receivedBytes() + pieceBytes;
      return fromWhereItIs(
          last,
          now -> {
            if (now.receivedBytes() >= end) {
              return Optional.of(now);
            }
            UploadBody body = reader.checkedRest(now.receivedBytes(), end);
            return sending.counted(body, c -> uploads.append(now, c, sending.control()));
          });
    }

    /** The last piece goes with the end, so that a small file takes two requests. */
    private boolean end(Session last) {
      return fromWhereItIs(
              last,
              now -> {
                boolean complete = now.receivedBytes() == sizeBytes;
                UploadBody body =
                    complete ? NOTHING : reader.checkedRest(now.receivedBytes(), sizeBytes);
                boolean ended =
                    sending.counted(body, c -> uploads.end(now, digest, c, sending.control()));
                return ended ? Optional.of(now) : Optional.empty();
              })
          .isPresent();
    }

    /** Tries; after a failure only the registry knows where the session is. */
    private Optional<Session> fromWhereItIs(
        Session last, Function<Session, Optional<Session>> work) {
      doubtful = false;
      return sending.trying(
          path,
          () -> {
            Optional<Session> now = doubtful ? uploads.status(last) : Optional.of(last);
            doubtful = true;
            long more = now.map(Session::receivedBytes).orElse(0L) - last.receivedBytes();
            sending.progress().found(more);
            try {
              return now.flatMap(work);
            } catch (TransferException e) {
              sending.progress().found(-more);
              throw e;
            }
          });
    }
  }
}
