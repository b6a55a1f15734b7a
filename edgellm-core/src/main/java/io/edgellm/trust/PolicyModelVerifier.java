package io.edgellm.trust;

import io.edgellm.model.ModelException;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import io.edgellm.trust.oms.HashedFile;
import io.edgellm.trust.oms.IgnoredPaths;
import io.edgellm.trust.oms.KeyVerifier;
import io.edgellm.trust.oms.ModelFile;
import io.edgellm.trust.oms.ModelFiles;
import io.edgellm.trust.oms.ModelHasher;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.OmsVerifier;
import io.edgellm.trust.oms.Resource;
import io.edgellm.trust.oms.SignatureBundle;
import io.edgellm.trust.oms.SignedStatement;
import io.edgellm.trust.oms.Statement;
import io.edgellm.trust.oms.Symlinks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * Verifies releases against a {@link TrustPolicy}: who signed, every byte of every file, and that
 * manifest, signature and directory speak of the same files.
 *
 * <p>The order is that nothing is interpreted before it is known to be signed: signature,
 * statement, digest of the manifest, manifest, whether its signer may sign this model line, names
 * of the files, digests of the files, agreement with the manifest, and at last {@link
 * ReleaseContent}. All of it, always: there is no lenient mode. Manifest and signature are read up
 * to 16 and 8 MiB; other files are hashed in pieces of 1 MiB.
 *
 * <p>What is not checked here: whether the release is the newest one, and what an ONNX graph refers
 * to; an engine opens external data of a graph only below the model directory.
 *
 * <p>Immutable and thread-safe.
 */
public final class PolicyModelVerifier implements ModelVerifier {
  private static final Set<String> NOT_SIGNED =
      Set.of(ReleaseManifest.SIGNATURE_FILE_NAME, ReleaseManifest.RECEIPT_FILE_NAME);
  private static final int MAX_MANIFEST_BYTES = 16 << 20;

  private final TrustPolicy policy;
  private final InstantSource clock;
  private final OmsVerifier oms;

  private PolicyModelVerifier(TrustPolicy policy, InstantSource clock, ModelHasher hasher) {
    this.policy = policy;
    this.clock = clock;
    this.oms =
        new OmsVerifier(
            policy.signers().stream().map(s -> new KeyVerifier(s.key().key())).toList(), hasher);
  }

  /** Verifies by a policy, in the calling thread. */
  public static PolicyModelVerifier of(TrustPolicy policy) {
    return of(policy, InstantSource.system());
  }

  /**
   * Verifies by a policy, in the calling thread.
   *
   * @param clock the time that receipts record
   */
  public static PolicyModelVerifier of(TrustPolicy policy, InstantSource clock) {
    return new PolicyModelVerifier(policy, clock, ModelHasher.sequential());
  }

  /**
   * Returns a verifier that hashes several files at a time: in the calling thread, and in up to
   * seven tasks of an executor, each with 1 MiB of buffer.
   *
   * @param executor stays the caller's; if it takes no tasks, the calling thread does the work
   */
  public PolicyModelVerifier hashingOn(Executor executor) {
    return new PolicyModelVerifier(policy, clock, ModelHasher.on(executor));
  }

  @Override
  public Verdict verify(Path directory) {
    try {
      return new Verdict.Verified(check(directory));
    } catch (TrustException e) {
      return new Verdict.Rejected(
          e.reason(), String.valueOf(e.getMessage()), e.subject().orElse(null));
    } catch (OmsFault e) {
      return new Verdict.Rejected(reason(e.kind()), e.sentence(), e.subject());
    }
  }

  private VerifiedModel check(Path given) throws OmsFault {
    Path directory = resolve(given);
    byte[] signature =
        BoundedFile.read(
            directory.resolve(ReleaseManifest.SIGNATURE_FILE_NAME), SignatureBundle.MAX_BYTES);
    byte[] manifestBytes =
        BoundedFile.read(directory.resolve(ReleaseManifest.FILE_NAME), MAX_MANIFEST_BYTES);

    SignedStatement signed = oms.verifySignature(SignatureBundle.parse(signature));
    Statement statement = signed.statement();
    requireSigned(statement, manifestBytes);
    ReleaseManifest manifest = parse(manifestBytes);
    TrustPolicy.Signer signer = requireAllowed(signed, manifest);

    List<HashedFile> files = oms.verifyFiles(statement, signedFiles(directory), Symlinks.REFUSED);
    ReleaseContent.requireAgreement(manifest, files);
    ReleaseContent.requireHarmless(manifest);
    ReleaseContent.requireClosedConfiguration(manifest, directory);
    return new VerifiedModel(
        directory, manifest, receipt(manifest, signer, statement.rootDigest(), files));
  }

  /** A link to a version may be moved while it is used; the directory behind it stays the same. */
  private static Path resolve(Path given) {
    try {
      Path directory = given.toRealPath();
      if (Files.isDirectory(directory)) {
        return directory;
      }
    } catch (IOException e) {
      throw new TrustException(
          TrustException.Reason.MISSING,
          "There is no model directory (" + e + "): check the path.",
          given.toString(),
          e);
    }
    throw new TrustException(
        TrustException.Reason.MISSING,
        "A release is a directory: verify the directory that holds release.json.",
        given.toString());
  }

  private static void requireSigned(Statement statement, byte[] manifest) {
    Sha256 found = Sha256.of(manifest);
    for (Resource resource : statement.resources()) {
      if (resource.name().equals(ReleaseManifest.FILE_NAME)) {
        if (resource.digest().equals(found)) {
          return;
        }
        throw new TrustException(
            TrustException.Reason.TAMPERED,
            "The manifest differs from what was signed: fetch the release again.",
            ReleaseManifest.FILE_NAME);
      }
    }
    throw new TrustException(
        TrustException.Reason.MISMATCH,
        "The signature does not cover the manifest as one whole file: sign the release again.",
        ReleaseManifest.FILE_NAME);
  }

  private static ReleaseManifest parse(byte[] manifest) {
    try {
      return ReleaseManifest.fromJson(manifest);
    } catch (ModelException e) {
      throw new TrustException(
          TrustException.Reason.MALFORMED,
          String.valueOf(e.getMessage()),
          e.subject().orElse(ReleaseManifest.FILE_NAME),
          e);
    }
  }

  private TrustPolicy.Signer requireAllowed(SignedStatement signed, ReleaseManifest manifest) {
    for (TrustPolicy.Signer signer : policy.signers()) {
      if (signed.signer().equals(new KeyVerifier(signer.key().key()))) {
        if (signer.maySign(manifest.model())) {
          return signer;
        }
        throw new TrustException(
            TrustException.Reason.UNTRUSTED_SIGNER,
            "'"
                + signer.name()
                + "' signed this release of '"
                + manifest.model()
                + "', but may sign "
                + signer.models()
                + " only: have it signed by somebody who may, or extend the policy.",
            signer.name());
      }
    }
    throw new IllegalStateException("The signature was verified by a key of this policy.");
  }

  private static List<ModelFile> signedFiles(Path directory) throws OmsFault {
    return ModelFiles.list(directory, IgnoredPaths.none(), Symlinks.REFUSED).stream()
        .filter(f -> !NOT_SIGNED.contains(f.name()))
        .toList();
  }

  private VerificationReceipt receipt(
      ReleaseManifest manifest,
      TrustPolicy.Signer signer,
      Sha256 rootDigest,
      List<HashedFile> files) {
    long bytes = files.stream().mapToLong(HashedFile::sizeBytes).sum();
    return new VerificationReceipt(
        manifest.title(),
        "oms/key",
        signer.name(),
        rootDigest,
        policy.digest(),
        clock.instant(),
        List.of(
            "Signature: OpenSSF Model Signing v1.0 with the key " + signer.key() + ".",
            "Signer: '" + signer.name() + "' may sign " + signer.models() + ".",
            "Files: "
                + files.size()
                + " with "
                + bytes
                + " bytes are what was signed, none is"
                + " missing, none was added.",
            "Manifest: names every file with its size and digest.",
            "Content: no native code, no scripts; the configuration refers to files of the"
                + " release only.",
            "Not checked: whether a newer release exists."));
  }

  private static TrustException.Reason reason(OmsFault.Kind kind) {
    return switch (kind) {
      case MALFORMED, UNSUPPORTED -> TrustException.Reason.MALFORMED;
      case BAD_SIGNATURE -> TrustException.Reason.BAD_SIGNATURE;
      case UNTRUSTED_SIGNER, EXPIRED -> TrustException.Reason.UNTRUSTED_SIGNER;
      case TAMPERED -> TrustException.Reason.TAMPERED;
      case UNEXPECTED_FILES -> TrustException.Reason.UNEXPECTED_FILES;
      case UNREADABLE -> TrustException.Reason.UNREADABLE;
    };
  }
}
