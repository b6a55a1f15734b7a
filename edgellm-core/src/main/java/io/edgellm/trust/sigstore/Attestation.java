package io.edgellm.trust.sigstore;

import io.edgellm.model.Sha256;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that somebody says of artifacts, and signed: a verified <a
 * href="https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md">in-toto statement
 * v1</a>.
 *
 * @param predicateType what kind of thing is said, for instance {@link SlsaProvenance#TYPE}
 * @param subjects what it is said of
 * @param predicate what is said, as a JSON object
 * @param signer who says it
 * @param attestedAt when a trusted log or time stamp authority saw the signature; null if none did
 */
public record Attestation(
    String predicateType,
    List<Subject> subjects,
    String predicate,
    BundleSigner signer,
    @Nullable Instant attestedAt) {

  /**
   * An artifact.
   *
   * @param name a name for people, or null
   * @param sha256 its digest, or null if the statement gives digests of other kinds only
   */
  public record Subject(@Nullable String name, @Nullable Sha256 sha256) {}

  /** Copies the list. */
  public Attestation {
    subjects = List.copyOf(subjects);
  }

  /** Returns a line for receipts and logs. */
  public String describe() {
    return predicateType
        + " by "
        + signer.describe()
        + (attestedAt == null ? "" : ", " + attestedAt);
  }
}
