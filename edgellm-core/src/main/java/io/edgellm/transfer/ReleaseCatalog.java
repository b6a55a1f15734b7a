package io.edgellm.transfer;

import io.edgellm.model.EdgeLlmException;
import io.edgellm.model.ModelException;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.RepositoryPaths;
import io.edgellm.release.ReleaseException;
import io.edgellm.release.ReleaseIndex;
import io.edgellm.trust.CurrentReleases;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.TrustException;
import io.edgellm.trust.tuf.TufException;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What there is to deliver: versions, and the papers of each.
 *
 * <p>Two kinds: {@link #of(CurrentReleases)} takes every document as the update repository signed
 * it; {@link #unsigned} takes what a source claims to have, which says nothing of what is held
 * back. In both cases the papers of a release are only read: a {@link
 * io.edgellm.trust.ModelVerifier} decides on them.
 *
 * <p>Thread-safe, as what it reads from is.
 */
public final class ReleaseCatalog {
  private static final int MAX_INDEX_BYTES = 4 << 20;

  private final Documents documents;
  private final String where;

  /** Small documents, all of one state of the place that they come from. */
  private interface Documents {
    /** Begins with the state as it is now. */
    void refresh();

    /** Reads a document; empty if there is none. */
    Optional<byte[]> read(String path, int maxBytes);
  }

  private record Listed(CurrentReleases releases) implements Documents {
    @Override
    public void refresh() {
      translating(releases::refresh);
    }

    @Override
    public Optional<byte[]> read(String path, int maxBytes) {
      return translating(() -> releases.document(path, maxBytes));
    }

    /** What another try may mend is said as a transfer says it; what was refused stays refused. */
    private static <T> T translating(Supplier<T> work) {
      try {
        return work.get();
      } catch (TufException e) {
        for (Throwable t = e.getCause(); t != null; t = t.getCause()) {
          if (t instanceof TransferException transfer) {
            throw transfer;
          }
        }
        throw e;
      }
    }
  }

  private record Claimed(ArtifactSource source) implements Documents {
    @Override
    public void refresh() {
      // A source has no states.
    }

    @Override
    public Optional<byte[]> read(String path, int maxBytes) {
      try {
        return Optional.of(source.document(path, maxBytes));
      } catch (TransferException e) {
        if (e.reason() == TransferException.Reason.NOT_FOUND) {
          return Optional.empty();
        }
        throw e;
      }
    }
  }

  private ReleaseCatalog(Documents documents, String where) {
    this.documents = documents;
    this.where = where;
  }

  /** Lists what an update repository says is current; it is asked anew by each call. */
  public static ReleaseCatalog of(CurrentReleases releases) {
    return new ReleaseCatalog(new Listed(releases), "the update repository");
  }

  /** Lists what a source claims to have. */
  public static ReleaseCatalog unsigned(ArtifactSource source) {
    return new ReleaseCatalog(new Claimed(source), source.describe());
  }

  /**
   * Lists the versions of a model line.
   *
   * @throws TransferException with {@code NOT_FOUND} if the line is not known, or with {@code
   *     CORRUPT} if its list is broken
   * @throws TufException if the update repository cannot be asked
   */
  public ReleaseIndex index(ModelId model) {
    String path = RepositoryPaths.index(model);
    documents.refresh();
    byte[] json = require(path, MAX_INDEX_BYTES);
    try {
      ReleaseIndex index = ReleaseIndex.fromJson(json);
      if (index.model().equals(model)) {
        return index;
      }
      throw corrupt(path, "it lists '" + index.model() + "'", null);
    } catch (ReleaseException | ModelException e) {
      throw corrupt(path, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Fetches the papers of a release.
   *
   * @throws TransferException with {@code NOT_FOUND}, or with {@code CORRUPT} if they are none, or
   *     those of another release
   * @throws TufException if the update repository cannot be asked
   */
  public SignedRelease fetch(ModelId model, ModelVersion version) {
    String path = RepositoryPaths.manifest(model, version);
    documents.refresh();
    byte[] manifest = require(path, SignedRelease.MAX_MANIFEST_BYTES);
    byte[] signature =
        require(RepositoryPaths.signature(model, version), SignedRelease.MAX_SIGNATURE_BYTES);
    Optional<byte[]> attestations =
        documents.read(
            RepositoryPaths.attestations(model, version), SignedRelease.MAX_ATTESTATIONS_BYTES);
    try {
      SignedRelease release = SignedRelease.of(manifest, signature);
      if (!release.manifest().model().equals(model)
          || !release.manifest().version().equals(version)) {
        throw corrupt(path, "it is the manifest of " + release.manifest().title(), null);
      }
      return attestations.map(release::withAttestations).orElse(release);
    } catch (TrustException e) {
      throw corrupt(path, String.valueOf(e.getMessage()), e);
    }
  }

  private byte[] require(String path, int maxBytes) {
    return documents
        .read(path, maxBytes)
        .orElseThrow(() -> Refusals.notFound(where + ", " + path, null));
  }

  private TransferException corrupt(String path, String what, @Nullable EdgeLlmException cause) {
    return new TransferException(
        TransferException.Reason.CORRUPT,
        "'"
            + path
            + "' of "
            + where
            + " is not what it must be ("
            + what
            + "): publish the release there again, or use another source.",
        path,
        cause);
  }

  /** Returns where it reads from, for people. */
  public String describe() {
    return where;
  }
}
