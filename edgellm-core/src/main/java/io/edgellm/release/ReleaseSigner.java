package io.edgellm.release;

import io.edgellm.internal.io.OwnerOnlyFile;
import io.edgellm.model.Artifact;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.SignerKey;
import io.edgellm.trust.oms.AttestationSigner;
import io.edgellm.trust.oms.EcSigningKey;
import io.edgellm.trust.oms.EcdsaCurve;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.OmsSigner;
import io.edgellm.trust.oms.Partition;
import io.edgellm.trust.oms.Resource;
import io.edgellm.trust.oms.Serialization;
import io.edgellm.trust.oms.SigningChain;
import io.edgellm.trust.oms.Statement;
import io.edgellm.trust.sigstore.SlsaProvenance;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Signs releases with a private key, by OpenSSF Model Signing v1.0: any verifier of that format can
 * check a release, the one of its reference implementation as well.
 *
 * <p>Key files are PEM with PKCS#8, as {@code openssl} writes and reads them, unencrypted: let a
 * secret store hand the key to the run, or generate one for the run. Thread-safe.
 */
public final class ReleaseSigner {
  private static final int MAX_PEM_BYTES = 64 << 10;
  private static final List<String> NOT_SIGNED =
      List.of(
          ReleaseManifest.RECEIPT_FILE_NAME,
          ReleaseManifest.ATTESTATIONS_FILE_NAME,
          ReleaseManifest.SIGNATURE_FILE_NAME);

  private final EcSigningKey key;
  private final OmsSigner signer;

  private ReleaseSigner(EcSigningKey key) {
    this(key, new OmsSigner(key));
  }

  private ReleaseSigner(EcSigningKey key, OmsSigner signer) {
    this.key = key;
    this.signer = signer;
  }

  /** Makes a new key on P-256, for instance for one run; it is lost unless it is {@link #save}d. */
  public static ReleaseSigner generate() {
    return new ReleaseSigner(EcSigningKey.generate(EcdsaCurve.P256));
  }

  /**
   * Reads a private key on P-256, P-384 or P-521 that contains its public key.
   *
   * @param file PEM with {@code PRIVATE KEY} or {@code EC PRIVATE KEY}, at most 64 KiB
   * @throws ReleaseException with {@code BAD_KEY} or {@code IO}
   */
  public static ReleaseSigner read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return fromPem(new String(in.readNBytes(MAX_PEM_BYTES), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new ReleaseException(
          ReleaseException.Reason.IO,
          "The private key cannot be read (" + e + "): check the path and the permissions.",
          file.toString(),
          e);
    }
  }

  /**
   * Takes the text of a private key, for instance from a secret of the build system.
   *
   * @throws ReleaseException with {@code BAD_KEY}
   */
  public static ReleaseSigner fromPem(String text) {
    try {
      return new ReleaseSigner(EcSigningKey.fromPem(text));
    } catch (OmsFault e) {
      throw new ReleaseException(ReleaseException.Reason.BAD_KEY, e.sentence(), e.subject(), e);
    }
  }

  /**
   * Returns a signer whose signatures carry certificates, for devices that trust the authority that
   * issued them in place of the key. The releases must be signed again before a certificate
   * expires.
   *
   * @param pem certificates as PEM text: that of this key first, each followed by the one that
   *     issued it; the last one, the authority that devices know, may be left out
   * @throws ReleaseException with {@code BAD_KEY} if the first certificate belongs to another key
   *     or is not for signing code, or if the order is another one
   */
  public ReleaseSigner withCertificates(String pem) {
    try {
      return new ReleaseSigner(key, signer.withCertificates(SigningChain.fromPem(pem)));
    } catch (OmsFault e) {
      throw new ReleaseException(ReleaseException.Reason.BAD_KEY, e.sentence(), e.subject(), e);
    }
  }

  /**
   * Writes the private key into a new file that only its owner can read (where the file system
   * knows permissions).
   *
   * @throws ReleaseException with {@code EXISTS} if the file is there, or {@code IO}
   */
  public void save(Path file) {
    byte[] pem = key.toPem().getBytes(StandardCharsets.US_ASCII);
    try {
      OwnerOnlyFile.create(file, pem);
    } catch (FileAlreadyExistsException e) {
      throw new ReleaseException(
          ReleaseException.Reason.EXISTS,
          "There is a file already, and a key is never overwritten: choose another name.",
          file.toString(),
          e);
    } catch (IOException e) {
      throw new ReleaseException(
          ReleaseException.Reason.IO,
          "The private key cannot be written (" + e + "): check the directory.",
          file.toString(),
          e);
    }
  }

  /** Returns the public key, for the policies of devices. */
  public SignerKey publicKey() {
    return SignerKey.fromPem(key.publicKey().toPem());
  }

  /**
   * Signs a release: its manifest, and every file by the digest that the manifest gives. No file is
   * read here; {@link ReleasePublisher} and devices hold the files against the digests.
   */
  public SignedRelease sign(ReleaseManifest manifest) {
    byte[] json = manifest.toJson();
    List<Resource> resources = new ArrayList<>();
    resources.add(new Resource(ReleaseManifest.FILE_NAME, Sha256.of(json)));
    for (Artifact file : manifest.files()) {
      resources.add(new Resource(file.path(), file.sha256()));
    }
    // Paths of a release are ASCII: this is the order by code points that the format demands.
    resources.sort(Comparator.comparing(Resource::name));
    Statement statement =
        new Statement(
            manifest.model().value(),
            new Serialization(new Partition.WholeFiles(), false, NOT_SIGNED),
            resources);
    try {
      return SignedRelease.of(json, signer.sign(statement));
    } catch (OmsFault e) {
      throw new ReleaseException(ReleaseException.Reason.BAD_KEY, e.sentence(), e.subject(), e);
    }
  }

  /**
   * Signs a statement about a release, and returns the release with it as a further line of its
   * attestations.
   *
   * @param predicateType what kind of thing is said, for instance {@link SlsaProvenance#TYPE}
   * @param predicate what is said, a JSON object, for instance {@link SlsaProvenance#toJson()}
   * @throws IllegalArgumentException if the predicate is not a JSON object
   */
  public SignedRelease attest(SignedRelease release, String predicateType, String predicate) {
    try {
      byte[] line =
          new AttestationSigner(signer)
              .sign(
                  predicateType,
                  predicate.getBytes(StandardCharsets.UTF_8),
                  release.manifest().model().value(),
                  release.rootDigest());
      byte[] before = release.attestations().orElse(new byte[0]);
      ByteArrayOutputStream lines = new ByteArrayOutputStream();
      lines.writeBytes(before);
      if (before.length > 0 && before[before.length - 1] != '\n') {
        lines.write('\n');
      }
      lines.writeBytes(line);
      lines.write('\n');
      return release.withAttestations(lines.toByteArray());
    } catch (OmsFault e) {
      throw new IllegalArgumentException(e.sentence(), e);
    }
  }
}
