package io.edgellm.triton;

import io.edgellm.triton.TritonException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * The meaning of Triton's status codes, which depends on the call.
 *
 * <p>Observed on Triton 2.66: statistics of an unknown model are 400 where its metadata are 404; a
 * request that cannot be parsed is 500; a model that cannot be loaded is 400 or 500 depending on
 * who noticed; loading is 503 when the server does not take model control, inference is 503 when
 * its queue is full; a decoupled model answers 501 to plain inference.
 */
final class Reasons {
  private Reasons() {}

  static Reason of(Call.Effect effect, int status, @Nullable String said) {
    if (status >= 200 && status < 400) {
      return Reason.PROTOCOL;
    }
    return switch (status) {
      case 401, 403 -> Reason.NOT_ALLOWED;
      case 404 -> Reason.NOT_FOUND;
      case 405 -> Reason.PROTOCOL;
      case 408, 504 -> Reason.TIMEOUT;
      case 429 -> Reason.OVERLOADED;
      case 501 -> Reason.UNSUPPORTED;
      case 503 -> effect == Call.Effect.CONTROL ? Reason.NOT_ALLOWED : Reason.OVERLOADED;
      default -> ofFailure(effect, status, said);
    };
  }

  private static Reason ofFailure(Call.Effect effect, int status, @Nullable String said) {
    boolean refused = status == 400 || status == 500;
    if (effect == Call.Effect.CONTROL && refused && said != null) {
      return Reason.LOAD_FAILED;
    }
    // The names in a read were checked before it was sent: what is left to refuse is that the
    // server does not have them.
    if (effect == Call.Effect.READ && status == 400 && said != null) {
      return Reason.NOT_FOUND;
    }
    if (status < 500 || saysUnparsable(said)) {
      return Reason.INVALID_REQUEST;
    }
    return Reason.SERVER_ERROR;
  }

  private static boolean saysUnparsable(@Nullable String said) {
    return said != null
        && (said.startsWith("Unable to parse ")
            || said.startsWith("failed to parse the request JSON buffer"));
  }

  static String withoutWords(int status) {
    if (status >= 300 && status < 400) {
      return "a redirect, which is not followed; give the address of the server itself";
    }
    return "no explanation in the protocol's form; check that the address is the server's";
  }
}
