package io.edgellm.release.tuf;

import io.edgellm.internal.tuf.RoleName;
import io.edgellm.release.ReleaseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Who signs what, on the way from one state of a repository to the next.
 *
 * <p>A key that signed for a role until now is still useful: metadata that both the old and the new
 * keys have signed is valid for devices that have seen the new root and for those that have not.
 *
 * @param before what devices see
 * @param after what they will see
 */
record Signing(RepositoryState before, RepositoryState after) {
  private Map<String, TufKey> usefulKeys(String role) {
    return RepositoryState.usefulKeys(role, before, after);
  }

  /** Returns a key by its id, if its signature for a role is useful. */
  Optional<TufKey> usefulKey(String role, String keyId) {
    return Optional.ofNullable(usefulKeys(role).get(keyId));
  }

  /** Returns the keys of those thresholds that are not met, without those that have signed. */
  List<TufKey> missing(MetadataDocument document) {
    return RepositoryState.signersOf(document.role(), before, after).stream()
        .filter(role -> signatures(document, role) < role.threshold())
        .flatMap(role -> role.keys().stream())
        .filter(key -> !document.isSignedBy(key))
        .distinct()
        .toList();
  }

  private static long signatures(MetadataDocument document, TufRole role) {
    return role.keys().stream().filter(document::isSignedBy).count();
  }

  /** Returns a document with the signatures of all signers that may sign it. */
  MetadataDocument sign(MetadataDocument document, Collection<? extends TufSigner> signers) {
    Map<String, TufKey> useful = usefulKeys(document.role());
    MetadataDocument signed = document;
    for (TufSigner signer : signers) {
      TufKey key = useful.get(signer.key().id());
      if (key != null && !signed.isSignedBy(key)) {
        signed = signed.with(key, signer.sign(signed.signedBytes()));
      }
    }
    return signed;
  }

  List<MetadataDocument> sign(
      Collection<MetadataDocument> documents, Collection<? extends TufSigner> signers) {
    List<MetadataDocument> signed = new ArrayList<>();
    for (MetadataDocument document : documents) {
      signed.add(sign(document, signers));
    }
    return List.copyOf(signed);
  }

  /**
   * Refuses signers that may sign none of some roles.
   *
   * @throws ReleaseException with {@code BAD_KEY}
   */
  void requireUseful(Collection<? extends TufSigner> signers, Collection<String> roles) {
    for (TufSigner signer : signers) {
      if (roles.stream().noneMatch(role -> usefulKeys(role).containsKey(signer.key().id()))) {
        throw new ReleaseException(
            ReleaseException.Reason.BAD_KEY,
            "The key "
                + signer.key()
                + " may not sign for "
                + roles.stream().map(r -> "'" + r + "'").collect(Collectors.joining(" or "))
                + ": take one of the keys of this role.",
            roles.stream().findFirst().orElse(RoleName.ROOT));
      }
    }
  }

  /**
   * Checks that enough keys have signed.
   *
   * @throws ReleaseException with {@code THRESHOLD}
   */
  void requireThreshold(MetadataDocument document) {
    for (TufRole role : RepositoryState.signersOf(document.role(), before, after)) {
      long signed = signatures(document, role);
      if (signed < role.threshold()) {
        throw new ReleaseException(
            ReleaseException.Reason.THRESHOLD,
            "Version "
                + document.version()
                + " of '"
                + document.role()
                + "' is signed by "
                + signed
                + " keys, and "
                + role.threshold()
                + " must: sign it with more of "
                + missing(document).stream().map(TufKey::toString).collect(Collectors.joining(", "))
                + ".",
            document.role());
      }
    }
  }
}
