package io.edgellm.release.tuf;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.io.DurableFile;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.model.ModelException;
import io.edgellm.model.Sha256;
import io.edgellm.release.ReleaseException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A signature on its way from the machine of a signer to the repository: a small JSON file, which
 * is not secret. Immutable.
 */
public final class DetachedSignature {
  private static final int MAX_BYTES = 64 << 10;
  private static final String FORMAT = "edgellm.tuf-signature/v1";

  private final Sha256 message;
  private final String keyId;
  private final byte[] signature;

  /**
   * @param message the digest of the bytes that were signed
   * @param keyId the id of the key
   * @param signature by the scheme of the key
   */
  public DetachedSignature(Sha256 message, String keyId, byte[] signature) {
    this.message = message;
    this.keyId = keyId;
    this.signature = signature.clone();
  }

  /**
   * Reads a file of at most 64 KiB.
   *
   * @throws ReleaseException with {@code BAD_KEY} if it holds no signature, or {@code IO}
   */
  public static DetachedSignature read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return fromJson(in.readNBytes(MAX_BYTES), file.toString());
    } catch (IOException e) {
      throw failed("read", file, e);
    }
  }

  static DetachedSignature fromJson(byte[] utf8, String subject) {
    try {
      JsonFields fields = JsonFields.of(StrictJson.parse(utf8));
      if (!fields.text("format").equals(FORMAT)) {
        throw malformed("its format is not '" + FORMAT + "'", subject, null);
      }
      DetachedSignature read =
          new DetachedSignature(
              new Sha256(fields.text("message")),
              fields.text("keyid"),
              HexFormat.of().parseHex(fields.text("sig")));
      fields.end();
      return read;
    } catch (JsonFault | ModelException | IllegalArgumentException e) {
      throw malformed(String.valueOf(e.getMessage()), subject, e);
    }
  }

  private static ReleaseException malformed(String why, String subject, @Nullable Throwable cause) {
    return new ReleaseException(
        ReleaseException.Reason.BAD_KEY,
        "This is not the file of a signature (" + why + "): ask the signer to send it again.",
        subject,
        cause);
  }

  private static ReleaseException failed(String what, Path file, IOException e) {
    return new ReleaseException(
        ReleaseException.Reason.IO,
        "The signature cannot be " + what + " (" + e + "): check the path and the permissions.",
        file.toString(),
        e);
  }

  /**
   * Writes the file.
   *
   * @throws ReleaseException with {@code IO}
   */
  public void save(Path file) {
    try {
      DurableFile.write(file, toJson());
    } catch (IOException e) {
      throw failed("written", file, e);
    }
  }

  byte[] toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("format", FORMAT).put("message", message.hex()).put("keyid", keyId);
    json.put("sig", HexFormat.of().formatHex(signature));
    return CanonicalJson.write(json);
  }

  /** Returns the digest of the bytes that were signed. */
  public Sha256 message() {
    return message;
  }

  /** Returns the id of the key that signed. */
  public String keyId() {
    return keyId;
  }

  /** Returns the bytes of the signature. */
  public byte[] signature() {
    return signature.clone();
  }

  @Override
  public String toString() {
    return "signature of " + keyId + " over " + message;
  }
}
