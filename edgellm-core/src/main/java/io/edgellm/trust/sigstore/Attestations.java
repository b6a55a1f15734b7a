package io.edgellm.trust.sigstore;

import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.model.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What comes beside a release as {@code release.intoto.jsonl}: Sigstore bundles around in-toto
 * statements, one a line. Parsing proves nothing; {@link #require} does. Immutable and thread-safe.
 */
public final class Attestations {
  /** The largest document that is read: 4 MiB. */
  public static final int MAX_BYTES = 4 << 20;

  /** The most attestations in a document. */
  public static final int MAX_COUNT = 64;

  private final List<SignedBundle> bundles;

  private Attestations(List<SignedBundle> bundles) {
    this.bundles = List.copyOf(bundles);
  }

  /**
   * Reads a document. A line that is not a bundle condemns all of it: two readers must not see two
   * documents.
   *
   * @throws SigstoreException with {@code MALFORMED}, or {@code UNSUPPORTED} if a line is a bundle
   *     of a kind that is not known here
   */
  public static Attestations parse(byte[] jsonLines) {
    if (jsonLines.length > MAX_BYTES) {
      throw SigstoreException.malformed(
          "The attestations have " + jsonLines.length + " bytes, more than 4 MiB.", null);
    }
    List<SignedBundle> bundles = new ArrayList<>();
    for (int start = 0; start < jsonLines.length; ) {
      int end = endOfLine(jsonLines, start);
      if (bundles.size() == MAX_COUNT) {
        throw SigstoreException.malformed(
            "There are more than " + MAX_COUNT + " attestations.", null);
      }
      bundles.add(SignedBundle.parse(Arrays.copyOfRange(jsonLines, start, end)));
      start = end + 1;
    }
    return new Attestations(bundles);
  }

  private static int endOfLine(byte[] bytes, int start) {
    int end = start;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    return end;
  }

  /** Returns how many there are. */
  public int size() {
    return bundles.size();
  }

  /**
   * Returns the first attestation about an artifact that meets a requirement.
   *
   * @param artifact the SHA-256 of what it must be about; of a release, its root digest
   * @throws SigstoreException with {@code UNMET} if there is none; the message says what is wrong
   *     with the one that comes closest
   */
  public Attestation require(AttestationRequirement requirement, Sha256 artifact) {
    SigstoreException closest = null;
    for (SignedBundle bundle : bundles) {
      for (SigstoreVerifier signer : requirement.signers()) {
        try {
          Attestation found = verify(bundle, signer, artifact);
          if (found.predicateType().equals(requirement.predicateType())) {
            requirement.requireMetBy(found);
            return found;
          }
        } catch (SigstoreException e) {
          closest = closer(closest, e);
        }
      }
    }
    throw new SigstoreException(
        SigstoreException.Reason.UNMET,
        "The attestation "
            + requirement.predicateType()
            + " is required of "
            + artifact
            + " and missing"
            + (closest == null ? "." : ". The closest one: " + closest.getMessage()),
        requirement.predicateType(),
        closest);
  }

  private static Attestation verify(SignedBundle bundle, SigstoreVerifier signer, Sha256 artifact) {
    if (!(bundle.content() instanceof SignedContent.Envelope envelope)) {
      throw new SigstoreException(
          SigstoreException.Reason.UNSUPPORTED,
          "A bundle without a statement attests nothing.",
          null);
    }
    VerifiedBundle verified = signer.verify(bundle, artifact);
    InTotoStatement statement = InTotoStatement.parse(envelope.dsse().payload().toBytes());
    if (!statement.type().equals(InTotoStatement.V1)) {
      throw new SigstoreException(
          SigstoreException.Reason.UNSUPPORTED,
          "The statement is of version '" + statement.type() + "': attest in version 1.",
          "_type");
    }
    return new Attestation(
        statement.predicateType(),
        statement.subjects(),
        statement.predicate() == null
            ? "{}"
            : new String(CanonicalJson.write(statement.predicate()), StandardCharsets.UTF_8),
        verified.signer(),
        verified.attestedAt());
  }

  // What verified and says the wrong thing is closer than what does not verify, and that is closer
  // than what somebody else signed, or of something else.
  private static SigstoreException closer(
      @Nullable SigstoreException first, SigstoreException next) {
    return first == null || closeness(next) > closeness(first) ? next : first;
  }

  private static int closeness(SigstoreException e) {
    return switch (e.reason()) {
      case UNMET -> 2;
      case UNTRUSTED_SIGNER, MISMATCH -> 0;
      default -> 1;
    };
  }
}
