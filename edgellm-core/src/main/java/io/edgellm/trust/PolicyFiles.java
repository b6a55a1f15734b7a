package io.edgellm.trust;

import io.edgellm.internal.yaml.YamlFault;
import io.edgellm.internal.yaml.YamlFields;
import io.edgellm.internal.yaml.YamlPlace;
import io.edgellm.trust.sigstore.SigstoreException;
import io.edgellm.trust.sigstore.SigstoreTrustRoot;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * The files that a policy file names: keys, authorities and roots, relative to its own directory.
 * Every fault stands at the field that names the file, and names the file as it was resolved.
 *
 * @param base the directory
 */
record PolicyFiles(Path base) {
  private static final int MAX_PEM_BYTES = 64 << 10;
  private static final int MAX_ROOT_BYTES = 1 << 20;
  private static final Pattern PRIVATE = Pattern.compile("-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----");

  /** Reads a public key. */
  SignerKey key(YamlFields fields, String name) throws YamlFault {
    String pem = publicPem(fields, name, "the public key, as 'openssl pkey -pubout' writes it");
    try {
      return SignerKey.fromPem(pem);
    } catch (TrustException e) {
      throw refused(fields, name, String.valueOf(e.getMessage()));
    }
  }

  /** Reads certificates. */
  String authorities(YamlFields fields, String name) throws YamlFault {
    String pem = publicPem(fields, name, "the certificates alone");
    try {
      return CertificateNames.authorities(pem).toPem();
    } catch (TrustException e) {
      throw refused(fields, name, String.valueOf(e.getMessage()));
    }
  }

  /** Reads the root metadata of a TUF repository. */
  UpdateTrust updateRoot(YamlFields fields, String name) throws YamlFault {
    byte[] bytes = bytes(fields, name, MAX_ROOT_BYTES);
    try {
      return UpdateTrust.pinned(bytes);
    } catch (TrustException e) {
      throw refused(fields, name, String.valueOf(e.getMessage()));
    }
  }

  /** Reads Sigstore's list of authorities and logs. */
  byte[] sigstoreRoot(YamlFields fields, String name) throws YamlFault {
    byte[] bytes = bytes(fields, name, SigstoreTrustRoot.MAX_BYTES);
    try {
      return SigstoreTrustRoot.of(bytes).toJson();
    } catch (SigstoreException e) {
      throw refused(fields, name, String.valueOf(e.getMessage()));
    }
  }

  private String publicPem(YamlFields fields, String name, String wanted) throws YamlFault {
    String pem = new String(bytes(fields, name, MAX_PEM_BYTES), StandardCharsets.UTF_8);
    if (PRIVATE.matcher(pem).find()) {
      throw refused(
          fields,
          name,
          "It holds a private key, which signs and has no place beside a policy: take it away, and"
              + " name "
              + wanted
              + ".");
    }
    return pem;
  }

  private byte[] bytes(YamlFields fields, String name, int maxBytes) throws YamlFault {
    Path file = path(fields, name);
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(maxBytes + 1);
      if (bytes.length > maxBytes) {
        throw refused(fields, name, "It is larger than " + maxBytes + " bytes.");
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw fields
          .place(name)
          .fault(
              name(fields, name)
                  + " names '"
                  + file
                  + "', which does not exist: paths are relative to the policy file.");
    } catch (IOException e) {
      throw refused(fields, name, "It cannot be read (" + e + "): check it and its permissions.");
    }
  }

  private Path path(YamlFields fields, String name) throws YamlFault {
    String text = fields.text(name);
    YamlPlace place = fields.place(name);
    if (PRIVATE.matcher(text).find()) {
      throw place.fault(
          place.name()
              + " holds a private key: take it out of this file, replace that key, and name the file"
              + " of the public one.");
    }
    try {
      if (!text.isBlank() && text.lines().count() == 1) {
        return base.resolve(text).normalize();
      }
    } catch (InvalidPathException e) {
      throw place.fault(place.name() + " is not a path on this system: name a file.");
    }
    throw place.fault(place.name() + " must be the path of a file, and not its content.");
  }

  private YamlFault refused(YamlFields fields, String name, String sentence) throws YamlFault {
    return fields
        .place(name)
        .fault(name(fields, name) + " names '" + path(fields, name) + "'. " + sentence);
  }

  private static String name(YamlFields fields, String name) {
    return fields.place(name).name();
  }
}
