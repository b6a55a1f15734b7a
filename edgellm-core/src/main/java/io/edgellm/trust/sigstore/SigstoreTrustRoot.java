package io.edgellm.trust.sigstore;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whom of Sigstore's servers the application trusts: certificate authorities, transparency logs and
 * time stamp authorities with their keys, as {@code trusted_root.json} lists them (<a
 * href="https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto">format</a>).
 *
 * <p>The application ships the file and replaces it with its next version, or fetches it as a
 * target of a TUF repository. Nothing here fetches it. A key whose period of validity has no start
 * is refused together with the whole file.
 *
 * <p>Two roots are equal if their files are. Immutable and thread-safe.
 */
public final class SigstoreTrustRoot {
  /** The largest file that is read: 1 MiB. */
  public static final int MAX_BYTES = 1 << 20;

  private static final String MEDIA_TYPE =
      "application/vnd.dev.sigstore.trustedroot+json;version=0.1";
  private static final String MEDIA_TYPE_0_2 = "application/vnd.dev.sigstore.trustedroot.v0.2+json";
  private static final int MIN_KEY_ID_BYTES = 4;

  private final byte[] json;
  private final Sha256 digest;
  private final List<Log> logs;
  private final boolean certifies;
  private final boolean stampsTime;

  /** A transparency log: the digest by which entries name its key, and when that counts. */
  record Log(String keyId, ValidityPeriod validity) {}

  private SigstoreTrustRoot(byte[] json, List<Log> logs, boolean certifies, boolean stampsTime) {
    this.json = json;
    this.digest = Sha256.of(json);
    this.logs = List.copyOf(logs);
    this.certifies = certifies;
    this.stampsTime = stampsTime;
  }

  /**
   * Takes the content of a {@code trusted_root.json}.
   *
   * @throws SigstoreException with {@code BAD_TRUST_ROOT}
   */
  public static SigstoreTrustRoot of(byte[] json) {
    if (json.length > MAX_BYTES) {
      throw bad("it has " + json.length + " bytes, more than 1 MiB", null);
    }
    byte[] copy = json.clone();
    try {
      JsonFields root = JsonFields.of(StrictJson.parse(copy));
      String type = root.has("mediaType") ? root.text("mediaType") : MEDIA_TYPE;
      if (!type.equals(MEDIA_TYPE) && !type.equals(MEDIA_TYPE_0_2)) {
        throw bad("its kind is '" + type + "'", null);
      }
      List<Log> logs = logs(root, "tlogs");
      boolean certifies = !logs(root, "ctlogs").isEmpty();
      certifies &= authorities(root, "certificateAuthorities") > 0;
      boolean stampsTime = authorities(root, "timestampAuthorities") > 0;
      if (logs.isEmpty()) {
        throw bad("it names no transparency log", null);
      }
      return new SigstoreTrustRoot(copy, logs, certifies, stampsTime);
    } catch (JsonFault e) {
      throw bad(e.path() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads a {@code trusted_root.json}.
   *
   * @throws SigstoreException with {@code BAD_TRUST_ROOT} or {@code UNREADABLE}
   */
  public static SigstoreTrustRoot read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return of(in.readNBytes(MAX_BYTES + 1));
    } catch (IOException e) {
      throw new SigstoreException(
          SigstoreException.Reason.UNREADABLE,
          "The trusted root cannot be read (" + e + "): check the path and the permissions.",
          file.toString(),
          e);
    }
  }

  private static List<Log> logs(JsonFields root, String name) throws JsonFault {
    List<Log> logs = new ArrayList<>();
    if (root.has(name)) {
      for (JsonFields log : root.objects(name)) {
        byte[] id = base64(log.object("logId"), "keyId");
        if (id.length < MIN_KEY_ID_BYTES) {
          throw bad("the id of a key is shorter than 4 bytes", null);
        }
        JsonFields key = log.object("publicKey");
        base64(key, "rawBytes");
        logs.add(new Log(Base64.getEncoder().encodeToString(id), validity(key)));
      }
    }
    return logs;
  }

  private static int authorities(JsonFields root, String name) throws JsonFault {
    if (!root.has(name)) {
      return 0;
    }
    List<JsonFields> authorities = root.objects(name);
    for (JsonFields authority : authorities) {
      List<JsonFields> chain = authority.object("certChain").objects("certificates");
      if (chain.isEmpty()) {
        throw bad("an authority has no certificate", null);
      }
      for (JsonFields certificate : chain) {
        base64(certificate, "rawBytes");
      }
      validity(authority);
    }
    return authorities.size();
  }

  private static ValidityPeriod validity(JsonFields f) throws JsonFault {
    return ValidityPeriod.parse(f.object("validFor"));
  }

  private static byte[] base64(JsonFields f, String name) throws JsonFault {
    try {
      return Base64.getDecoder().decode(f.text(name));
    } catch (IllegalArgumentException e) {
      throw bad("'" + f.at(name) + "' is not base64", e);
    }
  }

  private static SigstoreException bad(String what, @Nullable Throwable cause) {
    return new SigstoreException(
        SigstoreException.Reason.BAD_TRUST_ROOT,
        "The trusted root of Sigstore is unusable (" + what + "): ship one that is whole.",
        null,
        cause);
  }

  /** Returns the content of the file. */
  public byte[] toJson() {
    return json.clone();
  }

  /** Returns the digest of the file, which belongs into the digest of a policy. */
  public Sha256 digest() {
    return digest;
  }

  /** Returns whether it can vouch for a keyless signer: an authority and a log of certificates. */
  boolean certifies() {
    return certifies;
  }

  /** Returns whether it can vouch for time stamps. */
  boolean stampsTime() {
    return stampsTime;
  }

  /** Returns whether the log with the key counted at that time. */
  boolean trustsLog(String keyId, Instant time) {
    return logs.stream().anyMatch(l -> l.keyId().equals(keyId) && l.validity().contains(time));
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof SigstoreTrustRoot other && Arrays.equals(json, other.json);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }

  @Override
  public String toString() {
    return "trusted root " + digest;
  }
}
