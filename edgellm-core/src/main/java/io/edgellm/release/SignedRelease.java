package io.edgellm.release;

import io.edgellm.internal.io.DurableFile;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.Resource;
import io.edgellm.trust.oms.SignatureBundle;
import io.edgellm.trust.oms.Statement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A manifest and the signature over it and over every file that it names: what is published as
 * {@code release.json} and {@code release.sig}.
 *
 * <p>The signature covers exactly these manifest bytes; whether its signer is trusted is for
 * devices to decide. Immutable.
 */
public final class SignedRelease {
  private final ReleaseManifest manifest;
  private final byte[] manifestJson;
  private final byte[] signature;

  SignedRelease(ReleaseManifest manifest, byte[] manifestJson, byte[] signature) {
    this.manifest = manifest;
    this.manifestJson = manifestJson.clone();
    this.signature = signature.clone();
    requireCovered();
  }

  private void requireCovered() {
    try {
      Statement statement =
          Statement.parse(SignatureBundle.parse(signature).envelope().payload().toBytes());
      if (!statement
          .resources()
          .contains(new Resource(ReleaseManifest.FILE_NAME, Sha256.of(manifestJson)))) {
        throw new ReleaseException(
            ReleaseException.Reason.CHANGED,
            "The signature is not one over this manifest: sign the release again.",
            ReleaseManifest.SIGNATURE_FILE_NAME);
      }
    } catch (OmsFault e) {
      throw new ReleaseException(
          ReleaseException.Reason.BAD_KEY, e.sentence(), ReleaseManifest.SIGNATURE_FILE_NAME, e);
    }
  }

  /**
   * Reads what {@link #writeInto} wrote.
   *
   * @param directory the model directory
   * @throws ReleaseException with {@code IO}, with {@code BAD_KEY} if the signature is none, or
   *     with {@code CHANGED} if it is one over another manifest
   * @throws io.edgellm.model.ModelException if the manifest is none
   */
  public static SignedRelease read(Path directory) {
    try {
      byte[] json = Files.readAllBytes(directory.resolve(ReleaseManifest.FILE_NAME));
      byte[] signature = Files.readAllBytes(directory.resolve(ReleaseManifest.SIGNATURE_FILE_NAME));
      return new SignedRelease(ReleaseManifest.fromJson(json), json, signature);
    } catch (IOException e) {
      throw new ReleaseException(
          ReleaseException.Reason.IO,
          "There is no readable signed release (" + e + "): sign it first.",
          directory.toString(),
          e);
    }
  }

  /** Returns the manifest. */
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

  /**
   * Writes manifest and signature beside the model's files, so that the directory can be verified
   * and installed as it is; what stood there under these names is replaced.
   *
   * @param directory the model directory
   * @throws ReleaseException with {@code IO}
   */
  public void writeInto(Path directory) {
    try {
      DurableFile.write(directory.resolve(ReleaseManifest.FILE_NAME), manifestJson);
      DurableFile.write(directory.resolve(ReleaseManifest.SIGNATURE_FILE_NAME), signature);
    } catch (IOException e) {
      throw new ReleaseException(
          ReleaseException.Reason.IO,
          "Manifest and signature cannot be written (" + e + "): check the directory.",
          directory.toString(),
          e);
    }
  }
}
