package io.edgellm.trust;

import io.edgellm.internal.io.DurableFile;
import io.edgellm.model.ModelException;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.Resource;
import io.edgellm.trust.oms.SignatureBundle;
import io.edgellm.trust.oms.Statement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The papers of a release: its manifest, the signature over it and over every file that it names,
 * and what others attest of it. They are made by a publisher, carried by a source, and kept by a
 * store.
 *
 * <p>The signature is one over exactly these manifest bytes. That proves nothing: whether it
 * verifies, and whether its signer is trusted, is for a {@link ModelVerifier} to decide. Immutable
 * and thread-safe.
 */
public final class SignedRelease {
  /** The largest manifest that is read: 16 MiB. */
  public static final int MAX_MANIFEST_BYTES = 16 << 20;

  /** The largest signature that is read: 8 MiB. */
  public static final int MAX_SIGNATURE_BYTES = SignatureBundle.MAX_BYTES;

  /** The largest file of attestations that is read: 4 MiB. */
  public static final int MAX_ATTESTATIONS_BYTES = 4 << 20;

  private final ReleaseManifest manifest;
  private final byte[] manifestJson;
  private final byte[] signature;
  private final byte @Nullable [] attestations;
  private final Sha256 rootDigest;

  private SignedRelease(
      ReleaseManifest manifest,
      byte[] manifestJson,
      byte[] signature,
      byte @Nullable [] attestations,
      Sha256 rootDigest) {
    this.manifest = manifest;
    this.manifestJson = manifestJson;
    this.signature = signature;
    this.attestations = attestations;
    this.rootDigest = rootDigest;
  }

  /**
   * Takes manifest and signature as they were published.
   *
   * @param manifestJson the bytes of {@code release.json}
   * @param signature the bytes of {@code release.sig}
   * @throws TrustException with {@code MALFORMED} if one of them is none, or with {@code MISMATCH}
   *     if the signature is one over another manifest
   */
  public static SignedRelease of(byte[] manifestJson, byte[] signature) {
    requireSize(ReleaseManifest.FILE_NAME, manifestJson, MAX_MANIFEST_BYTES);
    ReleaseManifest manifest = parse(manifestJson);
    Statement statement = statement(signature);
    requireCovered(statement, manifestJson);
    return new SignedRelease(
        manifest, manifestJson.clone(), signature.clone(), null, statement.rootDigest());
  }

  /**
   * Returns the same release with attestations.
   *
   * @param jsonLines the bytes of {@code release.intoto.jsonl}: one Sigstore bundle in each line
   * @throws TrustException with {@code MALFORMED} if there are more than 4 MiB of them
   */
  public SignedRelease withAttestations(byte[] jsonLines) {
    requireSize(ReleaseManifest.ATTESTATIONS_FILE_NAME, jsonLines, MAX_ATTESTATIONS_BYTES);
    return new SignedRelease(manifest, manifestJson, signature, jsonLines.clone(), rootDigest);
  }

  private static void requireSize(String name, byte[] bytes, int maxBytes) {
    if (bytes.length > maxBytes) {
      throw new TrustException(
          TrustException.Reason.MALFORMED,
          "'" + name + "' is larger than " + maxBytes + " bytes: it is not what its name says.",
          name);
    }
  }

  static ReleaseManifest parse(byte[] manifestJson) {
    try {
      return ReleaseManifest.fromJson(manifestJson);
    } catch (ModelException e) {
      throw new TrustException(
          TrustException.Reason.MALFORMED,
          String.valueOf(e.getMessage()),
          e.subject().orElse(ReleaseManifest.FILE_NAME),
          e);
    }
  }

  private static Statement statement(byte[] signature) {
    try {
      return Statement.parse(SignatureBundle.parse(signature).envelope().payload().toBytes());
    } catch (OmsFault e) {
      throw new TrustException(
          TrustException.Reason.MALFORMED,
          e.sentence(),
          Optional.ofNullable(e.subject()).orElse(ReleaseManifest.SIGNATURE_FILE_NAME),
          e);
    }
  }

  /** Requires that a statement covers a manifest, as one whole file. */
  static void requireCovered(Statement statement, byte[] manifestJson) {
    Sha256 found = Sha256.of(manifestJson);
    for (Resource resource : statement.resources()) {
      if (resource.name().equals(ReleaseManifest.FILE_NAME)) {
        if (resource.digest().equals(found)) {
          return;
        }
        throw new TrustException(
            TrustException.Reason.TAMPERED,
            "The manifest differs from what was signed: fetch the release again, or sign it again.",
            ReleaseManifest.FILE_NAME);
      }
    }
    throw new TrustException(
        TrustException.Reason.MISMATCH,
        "The signature does not cover the manifest as one whole file: sign the release again.",
        ReleaseManifest.FILE_NAME);
  }

  /**
   * Reads the papers from a model directory.
   *
   * @param directory the model directory
   * @throws TrustException with {@code MISSING}, {@code UNREADABLE}, {@code UNEXPECTED_FILES} if
   *     one of them is no regular file, or as {@link #of}
   */
  public static SignedRelease read(Path directory) {
    SignedRelease release =
        of(
            BoundedFile.read(directory.resolve(ReleaseManifest.FILE_NAME), MAX_MANIFEST_BYTES),
            BoundedFile.read(
                directory.resolve(ReleaseManifest.SIGNATURE_FILE_NAME), MAX_SIGNATURE_BYTES));
    return readAttestations(directory).map(release::withAttestations).orElse(release);
  }

  /** Reads the attestations of a model directory, if it has any. */
  static Optional<byte[]> readAttestations(Path directory) {
    Path file = directory.resolve(ReleaseManifest.ATTESTATIONS_FILE_NAME);
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        ? Optional.of(BoundedFile.read(file, MAX_ATTESTATIONS_BYTES))
        : Optional.empty();
  }

  /** Returns what the release claims to be. */
  public ReleaseManifest manifest() {
    return manifest;
  }

  /** Returns the bytes of {@code release.json}. */
  public byte[] manifestJson() {
    return manifestJson.clone();
  }

  /** Returns the bytes of {@code release.sig}. */
  public byte[] signature() {
    return signature.clone();
  }

  /** Returns the bytes of {@code release.intoto.jsonl}, if somebody attested something. */
  public Optional<byte[]> attestations() {
    return Optional.ofNullable(attestations).map(byte[]::clone);
  }

  /**
   * Returns the digest over all files that the signature claims to cover. It is the subject of
   * attestations.
   */
  public Sha256 rootDigest() {
    return rootDigest;
  }

  /**
   * Writes the papers beside the model's files, so that the directory can be verified and installed
   * as it is; what stood there under these names is replaced.
   *
   * @param directory the model directory
   * @throws TrustException with {@code UNREADABLE} if that fails
   */
  public void writeInto(Path directory) {
    try {
      DurableFile.write(directory.resolve(ReleaseManifest.FILE_NAME), manifestJson);
      DurableFile.write(directory.resolve(ReleaseManifest.SIGNATURE_FILE_NAME), signature);
      Path third = directory.resolve(ReleaseManifest.ATTESTATIONS_FILE_NAME);
      if (attestations == null) {
        Files.deleteIfExists(third);
      } else {
        DurableFile.write(third, attestations);
      }
    } catch (IOException e) {
      throw new TrustException(
          TrustException.Reason.UNREADABLE,
          "Manifest and signature cannot be written (" + e + "): check the directory.",
          directory.toString(),
          e);
    }
  }
}
