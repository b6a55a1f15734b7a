package io.edgellm.release;

import io.edgellm.model.Artifact;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.oms.AttestationStatement;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.Partition;
import io.edgellm.trust.oms.Resource;
import io.edgellm.trust.oms.Serialization;
import io.edgellm.trust.oms.Statement;
import io.edgellm.trust.sigstore.SlsaProvenance;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Signs releases by OpenSSF Model Signing v1.0: {@link ReleaseSigner} with a key or a certificate,
 * {@link io.edgellm.release.keyless.KeylessSigner} without a key of one's own.
 *
 * <p>What is signed depends on the manifest alone: all methods sign the same statement, byte for
 * byte, and so give a release the same root digest.
 */
public interface ManifestSigner {
  /**
   * Signs an in-toto statement.
   *
   * @param statement its canonical JSON; signed as it is
   * @return a Sigstore bundle v0.3 around it
   * @throws ReleaseException if it is not signed; the reasons depend on the method
   */
  byte[] signStatement(byte[] statement);

  /** Returns who signs, for people: a key, the holder of a certificate, or an account. */
  String describe();

  /**
   * Signs a release: its manifest, and every file by the digest that the manifest gives. No file is
   * read here; {@link ReleasePublisher} and devices hold the files against the digests.
   *
   * @throws ReleaseException as {@link #signStatement}
   */
  default SignedRelease sign(ReleaseManifest manifest) {
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
            new Serialization(
                new Partition.WholeFiles(),
                false,
                List.of(
                    ReleaseManifest.RECEIPT_FILE_NAME,
                    ReleaseManifest.ATTESTATIONS_FILE_NAME,
                    ReleaseManifest.SIGNATURE_FILE_NAME)),
            resources);
    return SignedRelease.of(json, signStatement(statement.toJson()));
  }

  /**
   * Signs a statement about a release, and returns the release with it as a further line of its
   * attestations.
   *
   * @param predicateType what kind of thing is said, for instance {@link SlsaProvenance#TYPE}
   * @param predicate what is said, a JSON object, for instance {@link SlsaProvenance#toJson()}
   * @throws IllegalArgumentException if the predicate is not a JSON object
   * @throws ReleaseException as {@link #signStatement}
   */
  default SignedRelease attest(SignedRelease release, String predicateType, String predicate) {
    byte[] statement;
    try {
      statement =
          new AttestationStatement(
                  predicateType,
                  predicate,
                  release.manifest().model().value(),
                  release.rootDigest())
              .toJson();
    } catch (OmsFault e) {
      throw new IllegalArgumentException(e.sentence(), e);
    }
    byte[] before = release.attestations().orElse(new byte[0]);
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    lines.writeBytes(before);
    if (before.length > 0 && before[before.length - 1] != '\n') {
      lines.write('\n');
    }
    lines.writeBytes(signStatement(statement));
    lines.write('\n');
    return release.withAttestations(lines.toByteArray());
  }
}
