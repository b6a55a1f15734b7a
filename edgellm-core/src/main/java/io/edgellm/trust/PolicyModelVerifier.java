package io.edgellm.trust;

import io.edgellm.model.ReleaseManifest;
import io.edgellm.trust.oms.HashedFile;
import io.edgellm.trust.oms.IgnoredPaths;
import io.edgellm.trust.oms.ModelFile;
import io.edgellm.trust.oms.ModelFiles;
import io.edgellm.trust.oms.ModelHasher;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.OmsVerifier;
import io.edgellm.trust.oms.Symlinks;
import io.edgellm.trust.time.TrustedClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Verifies releases against a {@link TrustPolicy}: who signed, every byte of every file, that
 * manifest, signature and directory speak of the same files, what else must be attested, and
 * whether the release is current.
 *
 * <p>The order is that nothing is interpreted before it is known to be signed: signature,
 * statement, digest of the manifest, manifest, whether its signer may sign this model line,
 * attestations, names of the files, digests of the files, agreement with the manifest, and at last
 * {@link ReleaseContent}. All of it, always: there is no lenient mode. Manifest and signature are
 * read up to 16 and 8 MiB; other files are hashed as they are read, whatever their size.
 *
 * <p>A release that is not current, not attested any more, or signed with a certificate that has
 * expired is verified all the same, since a device must be able to load what it has proven: {@link
 * VerifiedModel#admission()} says so, and neither an installation nor a new activation, which asks
 * anew, takes it.
 *
 * <p>What is not checked here: what an ONNX graph refers to; an engine opens external data of a
 * graph only below the model directory.
 *
 * <p>Immutable and thread-safe.
 */
public final class PolicyModelVerifier implements ModelVerifier {
  private static final Set<String> NOT_SIGNED =
      Set.of(
          ReleaseManifest.SIGNATURE_FILE_NAME,
          ReleaseManifest.ATTESTATIONS_FILE_NAME,
          ReleaseManifest.RECEIPT_FILE_NAME);

  private final TrustPolicy policy;
  private final VerificationTime time;
  private final Admissions admissions;
  private final OmsVerifier oms;
  private final PaperCheck papers;

  private PolicyModelVerifier(
      TrustPolicy policy, VerificationTime time, Admissions admissions, ModelHasher hasher) {
    this.policy = policy;
    this.time = time;
    this.admissions = admissions;
    this.oms = new OmsVerifier(List.of(), hasher);
    this.papers = new PaperCheck(policy, time, admissions);
  }

  /**
   * Verifies by a policy that lets a signature alone suffice, or what is loaded only.
   *
   * @throws TrustException with {@code UNSUPPORTED} if the policy needs a library that is absent
   */
  public static PolicyModelVerifier of(TrustPolicy policy) {
    return of(policy, InstantSource.system());
  }

  /**
   * Verifies by a policy and a clock.
   *
   * @param clock the time that certificates are compared with, and that receipts record; if it is a
   *     {@link TrustedClock}, its floor is raised by what transparency logs have seen
   * @throws TrustException with {@code UNSUPPORTED} if the policy needs a library that is absent
   */
  public static PolicyModelVerifier of(TrustPolicy policy, InstantSource clock) {
    return new PolicyModelVerifier(
        policy,
        clock instanceof TrustedClock trusted
            ? VerificationTime.of(trusted)
            : VerificationTime.of(clock),
        Admissions.withoutMetadata(policy),
        ModelHasher.sequential());
  }

  /**
   * Verifies by the policy of an update repository, and asks that repository's metadata, as it is
   * on this device, whether a release is current.
   */
  public static PolicyModelVerifier of(CurrentReleases releases) {
    return new PolicyModelVerifier(
        releases.policy(),
        VerificationTime.of(releases.clock()),
        releases,
        ModelHasher.sequential());
  }

  /**
   * Returns a verifier that hashes several files at a time, and reads ahead in large ones: in the
   * calling thread, and in up to seven tasks of an executor, each with 1 MiB of buffer.
   *
   * @param executor stays the caller's; if it takes no tasks, the calling thread does the work
   */
  public PolicyModelVerifier hashingOn(Executor executor) {
    return new PolicyModelVerifier(policy, time, admissions, ModelHasher.on(executor));
  }

  @Override
  public Verdict verify(Path directory) {
    try {
      return new Verdict.Verified(check(directory));
    } catch (TrustException e) {
      return rejected(e);
    } catch (OmsFault e) {
      return rejected(e);
    }
  }

  @Override
  public Optional<Verdict.Rejected> examine(SignedRelease release) {
    try {
      PaperCheck.Papers checked =
          papers.check(
              release.manifestJson(), release.signature(), release.attestations().orElse(null));
      return checked.admission() instanceof Admission.Refused refused
          ? Optional.of(
              new Verdict.Rejected(refused.reason(), refused.message(), release.manifest().title()))
          : Optional.empty();
    } catch (TrustException e) {
      return Optional.of(rejected(e));
    } catch (OmsFault e) {
      return Optional.of(rejected(e));
    }
  }

  private static Verdict.Rejected rejected(TrustException e) {
    return new Verdict.Rejected(
        e.reason(), String.valueOf(e.getMessage()), e.subject().orElse(null));
  }

  private static Verdict.Rejected rejected(OmsFault e) {
    return new Verdict.Rejected(reason(e.kind()), e.sentence(), e.subject());
  }

  private VerifiedModel check(Path given) throws OmsFault {
    Path directory = resolve(given);
    byte[] signature =
        BoundedFile.read(
            directory.resolve(ReleaseManifest.SIGNATURE_FILE_NAME),
            SignedRelease.MAX_SIGNATURE_BYTES);
    byte[] manifest =
        BoundedFile.read(
            directory.resolve(ReleaseManifest.FILE_NAME), SignedRelease.MAX_MANIFEST_BYTES);
    byte @Nullable [] attestations = SignedRelease.readAttestations(directory).orElse(null);
    PaperCheck.Papers checked = papers.check(manifest, signature, attestations);
    List<HashedFile> files =
        oms.verifyFiles(checked.signed().statement(), signedFiles(directory), Symlinks.REFUSED);
    ReleaseContent.requireAgreement(checked.manifest(), files);
    ReleaseContent.requireClosedConfiguration(checked.manifest(), directory, policy.allowed());
    return new VerifiedModel(
        directory,
        checked.manifest(),
        Receipts.of(policy, time.read(), checked, files),
        checked.admission(),
        () -> admission(manifest, signature, attestations));
  }

  private Admission admission(byte[] manifest, byte[] signature, byte @Nullable [] attestations) {
    try {
      return papers.check(manifest, signature, attestations).admission();
    } catch (TrustException e) {
      return refused(rejected(e));
    } catch (OmsFault e) {
      return refused(rejected(e));
    }
  }

  private static Admission refused(Verdict.Rejected rejected) {
    return new Admission.Refused(rejected.reason(), rejected.message());
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

  private static List<ModelFile> signedFiles(Path directory) throws OmsFault {
    return ModelFiles.list(directory, IgnoredPaths.none(), Symlinks.REFUSED).stream()
        .filter(f -> !NOT_SIGNED.contains(f.name()))
        .toList();
  }

  private static TrustException.Reason reason(OmsFault.Kind kind) {
    return switch (kind) {
      case MALFORMED, UNSUPPORTED -> TrustException.Reason.MALFORMED;
      case BAD_SIGNATURE -> TrustException.Reason.BAD_SIGNATURE;
      case UNTRUSTED_SIGNER -> TrustException.Reason.UNTRUSTED_SIGNER;
      case EXPIRED -> TrustException.Reason.EXPIRED;
      case TAMPERED -> TrustException.Reason.TAMPERED;
      case UNEXPECTED_FILES -> TrustException.Reason.UNEXPECTED_FILES;
      case UNREADABLE -> TrustException.Reason.UNREADABLE;
    };
  }
}
