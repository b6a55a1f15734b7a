package io.edgellm.examples.cli;

import io.edgellm.inference.calibration.CalibrationException;
import io.edgellm.inference.drift.DriftException;
import io.edgellm.inference.quantize.QuantizationException;
import io.edgellm.llm.InferenceException;
import io.edgellm.model.EdgeLlmException;
import io.edgellm.release.ReleaseException;
import io.edgellm.store.StoreException;
import io.edgellm.transfer.TransferException;
import io.edgellm.trust.Admission;
import io.edgellm.trust.TrustException;
import io.edgellm.trust.VerificationReceipt;
import io.edgellm.trust.time.TimeException;
import io.edgellm.trust.tuf.TufException;

/** How a command ended, for scripts. The numbers do not change. */
enum ExitCode {
  /** It did what it was asked for. */
  OK(0, "done"),
  /** It is not trusted, not current, not what was signed, or a policy is not met. */
  REFUSED(1, "not trusted, not current, not what was signed, or a policy is not met"),
  /** The command line, the policy file or a key file is wrong. */
  USAGE(2, "the command line, the policy or a key is wrong"),
  /** The repository cannot be reached, or stopped in the middle. */
  UNREACHABLE(3, "the repository cannot be reached; what has arrived is kept"),
  /** The store or the disk is the trouble. */
  STORE(4, "the store or the disk"),
  /** There is no such line, version or file. */
  NOT_FOUND(5, "no such model line, version or file"),
  /** The release does not fit this device. */
  INCOMPATIBLE(6, "the release does not fit this device"),
  /** It is there already, or somebody else is at work. */
  CONFLICT(7, "it exists already, or another process is at work: try again"),
  /** An error of this program. */
  INTERNAL(70, "an error of this program"),
  /** Ctrl-C. */
  INTERRUPTED(130, "interrupted; what has arrived is kept");

  private final int number;
  private final String meaning;

  ExitCode(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  int number() {
    return number;
  }

  String meaning() {
    return meaning;
  }

  /** Returns how a command ends that shows a receipt of now. */
  static ExitCode of(VerificationReceipt receipt) {
    return receipt.admission() instanceof Admission.Refused ? REFUSED : OK;
  }

  /** Returns how a command ends that failed. */
  static ExitCode of(Throwable failure) {
    if (failure instanceof CommandFault e) {
      return e.exitCode();
    } else if (failure instanceof TrustException e) {
      return of(e.reason());
    } else if (failure instanceof TufException e) {
      return of(e.reason());
    } else if (failure instanceof TransferException e) {
      return of(e.reason());
    } else if (failure instanceof StoreException e) {
      return of(e.reason());
    } else if (failure instanceof ReleaseException e) {
      return of(e.reason());
    } else if (failure instanceof InferenceException e) {
      return of(e.reason());
    } else if (failure instanceof QuantizationException e) {
      return of(e.reason());
    } else if (failure instanceof CalibrationException e) {
      return of(e.reason());
    } else if (failure instanceof DriftException e) {
      return of(e.reason());
    } else if (failure instanceof TimeException) {
      return STORE;
    }
    // What is left of this parent says that a name or a fact is not allowed.
    return failure instanceof EdgeLlmException ? USAGE : INTERNAL;
  }

  private static ExitCode of(TrustException.Reason reason) {
    return switch (reason) {
      case UNREADABLE -> STORE;
      case UNSUPPORTED -> USAGE;
      default -> REFUSED;
    };
  }

  private static ExitCode of(TufException.Reason reason) {
    return switch (reason) {
      case UNAVAILABLE, TOO_SLOW -> UNREACHABLE;
      case NOT_FOUND -> NOT_FOUND;
      case IO -> STORE;
      default -> REFUSED;
    };
  }

  private static ExitCode of(TransferException.Reason reason) {
    return switch (reason) {
      case NOT_FOUND -> NOT_FOUND;
      case UNREACHABLE, STALLED, REFUSED, DEADLINE -> UNREACHABLE;
      case CORRUPT -> REFUSED;
      case FORBIDDEN -> USAGE;
      case INCOMPATIBLE -> INCOMPATIBLE;
      case CANCELLED -> INTERRUPTED;
      case IO -> STORE;
    };
  }

  private static ExitCode of(StoreException.Reason reason) {
    return switch (reason) {
      case NOT_INSTALLED, NO_PREVIOUS -> NOT_FOUND;
      case BELOW_FLOOR, MISMATCH -> REFUSED;
      case BUSY, IN_USE, ALREADY_INSTALLED, NOT_CURRENT -> CONFLICT;
      default -> STORE;
    };
  }

  private static ExitCode of(ReleaseException.Reason reason) {
    return switch (reason) {
      case UNSUITABLE_FILE, BAD_KEY, TOKEN, MISSING_DEPENDENCY -> USAGE;
      case UNREACHABLE -> UNREACHABLE;
      case MISSING -> NOT_FOUND;
      case EXISTS, BUSY, OUTDATED -> CONFLICT;
      case CHANGED, POLICY, ROLLBACK_INDEX, THRESHOLD, EXPIRED, CLOCK, UNTRUSTED, IDENTITY ->
          REFUSED;
      case IO -> STORE;
    };
  }

  private static ExitCode of(QuantizationException.Reason reason) {
    return switch (reason) {
      case MODEL_NOT_FOUND -> NOT_FOUND;
      case MALFORMED_MODEL, UNSAFE_PATH, NO_SPACE, IO -> STORE;
      case TARGET_EXISTS, SOURCE_CHANGED -> CONFLICT;
      case CANCELLED -> INTERRUPTED;
      default -> USAGE;
    };
  }

  private static ExitCode of(CalibrationException.Reason reason) {
    return switch (reason) {
      case INVALID_DATA, UNFIT_DATA, UNKNOWN_INPUT -> USAGE;
      case NOT_A_NUMBER, RUN_FAILED, IO -> STORE;
      case CANCELLED -> INTERRUPTED;
    };
  }

  private static ExitCode of(DriftException.Reason reason) {
    return switch (reason) {
      case INVALID_MATERIAL, INVALID_POLICY, DIFFERENT_VOCABULARY, DIFFERENT_TOKENIZER -> USAGE;
      case RUN_FAILED -> STORE;
      case CANCELLED, DEADLINE -> INTERRUPTED;
    };
  }

  private static ExitCode of(InferenceException.Reason reason) {
    return switch (reason) {
      case MODEL_INVALID -> STORE;
      case MODEL_UNSUPPORTED, OUT_OF_BUDGET -> INCOMPATIBLE;
      case LISTENER_FAILED, RUNTIME -> INTERNAL;
      case OVERLOADED, NOT_SERVING, CLOSED -> CONFLICT;
      default -> USAGE;
    };
  }
}
