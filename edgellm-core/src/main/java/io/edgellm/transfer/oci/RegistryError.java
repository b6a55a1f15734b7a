package io.edgellm.transfer.oci;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.edgellm.transfer.HttpAnswer;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferException.Reason;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a registry says when it does not give something, after the OCI distribution specification.
 */
final class RegistryError {
  private static final int MAX_BYTES = 1 << 14;
  private static final Pattern CODE = Pattern.compile("\"code\"\\s*+:\\s*+\"([A-Z_]{1,40})\"");

  private RegistryError() {}

  /**
   * Says it as a transfer says it.
   *
   * @param answer whose body has not been read
   * @param where its address, for people
   * @param askedBytes where the bytes were to begin
   */
  static TransferException of(HttpAnswer answer, String where, long askedBytes) {
    String code = code(answer);
    return switch (answer.status()) {
      case 401 ->
          new TransferException(
              Reason.REFUSED,
              "'"
                  + where
                  + "' is refused to this device"
                  + code
                  + ": give it credentials that may pull, and check the name of the repository.",
              where);
      case 403 ->
          new TransferException(
              Reason.NOT_FOUND,
              "'"
                  + where
                  + "' does not exist, or may not be pulled by this device"
                  + code
                  + ": check registry, namespace, line and version, and what it may pull.",
              where);
      case 404 ->
          new TransferException(
              Reason.NOT_FOUND,
              "'"
                  + where
                  + "' does not exist"
                  + code
                  + ": check registry, namespace, line and version, or push it there.",
              where);
      default -> answer.objection(askedBytes);
    };
  }

  /**
   * Says it as whoever pushes must hear it.
   *
   * @param answer whose body has not been read
   * @param where its address, for people
   */
  static TransferException toPublisher(HttpAnswer answer, String where) {
    String code = code(answer);
    return switch (answer.status()) {
      case 401, 403 ->
          new TransferException(
              Reason.FORBIDDEN,
              "'"
                  + where
                  + "' is refused to these credentials"
                  + code
                  + ": they need the right to pull and to push there.",
              where);
      case 404 ->
          new TransferException(
              Reason.NOT_FOUND,
              "'"
                  + where
                  + "' does not exist"
                  + code
                  + ": check registry and namespace; some registries want a repository to be made"
                  + " before something is pushed to it.",
              where);
      case 400, 405, 413 ->
          new TransferException(
              Reason.REFUSED,
              "'"
                  + where
                  + "' is refused with status "
                  + answer.status()
                  + code
                  + ": the registry does not take it, or is for reading only.",
              where);
      default -> answer.objection(0);
    };
  }

  private static String code(HttpAnswer answer) {
    try {
      Matcher code = CODE.matcher(new String(answer.excerpt(MAX_BYTES), UTF_8));
      return code.find() ? " (" + code.group(1) + ")" : "";
    } catch (TransferException e) {
      if (e.reason() == Reason.CANCELLED) {
        throw e;
      }
      return "";
    }
  }
}
