package io.edgellm.transfer;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The exceptions that several sources share, worded once. */
final class Refusals {
  private Refusals() {}

  static TransferException notFound(String where, @Nullable Throwable cause) {
    return new TransferException(
        TransferException.Reason.NOT_FOUND,
        "'" + where + "' does not exist: check the name and version, or publish it there.",
        where,
        cause);
  }

  /** Stores that do not let everybody list them say this of what they do not have, too. */
  static TransferException hidden(String where) {
    return new TransferException(
        TransferException.Reason.NOT_FOUND,
        "'"
            + where
            + "' does not exist, or may not be read by this device (403): check the name and"
            + " version, and the permissions on the server.",
        where);
  }

  static TransferException refused(String where, String what, @Nullable Throwable cause) {
    return new TransferException(
        TransferException.Reason.REFUSED,
        "'" + where + "' is not usable as a source: " + what + ". Check the server.",
        where,
        cause);
  }

  static TransferException unreachable(String where, IOException cause) {
    return new TransferException(
        TransferException.Reason.UNREACHABLE,
        "'" + where + "' cannot be reached (" + cause + "): check address, network and proxy.",
        where,
        cause);
  }

  static TransferException tooLarge(String where, long maxBytes) {
    return new TransferException(
        TransferException.Reason.REFUSED,
        "'" + where + "' has more than " + maxBytes + " bytes: this is not what it claims to be.",
        where);
  }

  static TransferException stalled(String where, Duration inactivity, @Nullable Throwable cause) {
    return new TransferException(
        TransferException.Reason.STALLED,
        "Nothing came from '" + where + "' for " + inactivity.toMillis() + " ms.",
        where,
        cause);
  }

  /** Also sets the thread's interrupt flag, which somebody has cleared on the way here. */
  static TransferException interrupted(String where, @Nullable Throwable cause) {
    Thread.currentThread().interrupt();
    return new TransferException(
        TransferException.Reason.CANCELLED,
        "The transfer of '" + where + "' was cancelled; what has arrived is kept.",
        where,
        cause);
  }

  static TransferException cancelled(String what) {
    return new TransferException(
        TransferException.Reason.CANCELLED,
        "The transfer of '" + what + "' was cancelled; what has arrived is kept.",
        what);
  }

  static TransferException late(String what, Duration deadline) {
    return new TransferException(
        TransferException.Reason.DEADLINE,
        "'"
            + what
            + "' has not come within "
            + deadline.toSeconds()
            + " s: call again to go on where it stopped, or allow more time.",
        what);
  }

  static TransferException noWindow(String what) {
    return new TransferException(
        TransferException.Reason.REFUSED,
        "'" + what + "' may never come: no maintenance window ever opens. Give at least one.",
        what);
  }

  static TransferException leftAlone(String what, String mirrors, Duration pause) {
    return TransferException.passing(
        "'"
            + what
            + "' cannot be asked for: each of the mirrors ("
            + mirrors
            + ") has failed and is left alone for another "
            + pause.toMillis()
            + " ms or more.",
        what,
        pause);
  }

  static TransferException unreadable(String where, String place, IOException cause) {
    return new TransferException(
        TransferException.Reason.IO,
        "'"
            + where
            + "' cannot be read"
            + place
            + " ("
            + cause.getMessage()
            + "): check the medium and rights.",
        where,
        cause);
  }

  static TransferException noMedium(String root, IOException cause) {
    return new TransferException(
        TransferException.Reason.UNREACHABLE,
        "'" + root + "' is not there: put the medium in, or mount it.",
        root,
        cause);
  }
}
