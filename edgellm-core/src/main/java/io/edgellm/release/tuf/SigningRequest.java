package io.edgellm.release.tuf;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.internal.io.DurableFile;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.internal.tuf.CanonicalForm;
import io.edgellm.internal.tuf.RoleName;
import io.edgellm.model.Sha256;
import io.edgellm.release.ReleaseException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The exact bytes that somebody is asked to sign: the canonical JSON of one role's next version.
 *
 * <p>It travels as a file with these bytes and nothing else, so that any tool can show it and sign
 * it, for instance {@code openssl pkeyutl -sign -rawin}. Read it before you sign: it says for which
 * files and keys you vouch. Immutable.
 */
public final class SigningRequest {
  private static final int MAX_BYTES = 8 << 20;
  // The canonical form leaves the line feeds of keys in PEM as they are.
  private static final ObjectMapper CANONICAL =
      StrictJson.mapper(
          JsonFactory.builder().enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS).build());

  private static final String SUFFIX = ".to-sign.json";

  private final String role;
  private final byte[] bytes;
  private final List<TufKey> missing;

  private SigningRequest(String role, byte[] bytes, List<TufKey> missing) {
    this.role = role;
    this.bytes = bytes;
    this.missing = List.copyOf(missing);
  }

  static SigningRequest of(MetadataDocument document, Signing signing) {
    return new SigningRequest(document.role(), document.signedBytes(), signing.missing(document));
  }

  /**
   * Reads a file that {@link #saveInto} wrote.
   *
   * @throws ReleaseException with {@code CHANGED} if it is not the canonical JSON of metadata, or
   *     {@code IO}
   */
  public static SigningRequest read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES);
      JsonFields metadata = fields(bytes);
      metadata.integer("version");
      metadata.text("expires");
      if (!Arrays.equals(CanonicalForm.of(metadata.json()), bytes)) {
        throw changed(file, "its bytes are not in their canonical form", null);
      }
      return new SigningRequest(role(file, metadata.text("_type")), bytes, List.of());
    } catch (JsonFault e) {
      throw changed(file, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw failed("read", file, e);
    }
  }

  private static JsonFields fields(byte[] canonical) throws JsonFault {
    return JsonFields.of(StrictJson.parse(CANONICAL, canonical));
  }

  // What is signed for a model line does not name the line's role: the paths in it do.
  private static String role(Path file, String type) {
    String name = String.valueOf(file.getFileName());
    int begin = name.indexOf('.') + 1;
    boolean named = type.equals(RoleName.TARGETS) && name.endsWith(SUFFIX);
    return named && name.length() > begin + SUFFIX.length()
        ? name.substring(begin, name.length() - SUFFIX.length())
        : type;
  }

  private static ReleaseException changed(Path file, String why, @Nullable Throwable cause) {
    return new ReleaseException(
        ReleaseException.Reason.CHANGED,
        "This is not a request to sign (" + why + "): export it again, and do not sign this one.",
        file.toString(),
        cause);
  }

  private static ReleaseException failed(String what, Path file, IOException e) {
    return new ReleaseException(
        ReleaseException.Reason.IO,
        "The request cannot be " + what + " (" + e + "): check the path and the permissions.",
        file.toString(),
        e);
  }

  /**
   * Writes {@code <version>.<role>.to-sign.json}.
   *
   * @param directory an existing one
   * @return the file
   * @throws ReleaseException with {@code IO}
   */
  public Path saveInto(Path directory) {
    Path file = directory.resolve(version() + "." + role + SUFFIX);
    try {
      DurableFile.write(file, bytes);
      return file;
    } catch (IOException e) {
      throw failed("written", file, e);
    }
  }

  /** Returns the role, as far as the file told it. */
  public String role() {
    return role;
  }

  /** Returns the version. */
  public long version() {
    try {
      return fields(bytes).integer("version");
    } catch (JsonFault e) {
      throw new IllegalStateException("It was read before.", e);
    }
  }

  /** Returns the bytes to be signed. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Returns the bytes as text, for people to read. */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /**
   * Returns the keys that may sign and have not, if fewer than the threshold have. Empty if enough
   * have signed, and for a request that was read from a file.
   */
  public List<TufKey> missing() {
    return missing;
  }

  /**
   * Signs it.
   *
   * @throws ReleaseException with {@code BAD_KEY} if what the signer returns does not verify
   */
  public DetachedSignature sign(TufSigner signer) {
    byte[] signature = signer.sign(bytes.clone());
    if (!signer.key().verifies(bytes, signature)) {
      throw new ReleaseException(
          ReleaseException.Reason.BAD_KEY,
          "The signer of " + signer.key() + " returned something that is no signature: check it.",
          role);
    }
    return new DetachedSignature(Sha256.of(bytes), signer.key().id(), signature);
  }

  @Override
  public String toString() {
    return "version " + version() + " of " + role;
  }
}
