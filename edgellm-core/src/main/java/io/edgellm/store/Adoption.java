package io.edgellm.store;

import io.edgellm.internal.io.ProcessLocks;
import io.edgellm.model.Artifact;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import io.edgellm.store.AdoptionListener.AdoptionEvent;
import io.edgellm.store.AdoptionReport.Taken;
import io.edgellm.store.AdoptionReport.Way;
import io.edgellm.store.AdoptionSearch.Candidate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes files of a release that another tool has on this machine into the store.
 *
 * <p>A file that is linked keeps its inode, its permissions and its owner, who may go on to write
 * to it. So the link is made first, in a staging directory of the store; then it is decided by the
 * link itself whether it may stay (see {@link AdoptionOptions.Linking#OWN_FILES}), and the link is
 * hashed: nobody can put another file in its place meanwhile. A link never has the name of an
 * unfinished download, which the next download would write into. Decision 036 has the reasons.
 *
 * <p>What cannot be linked is copied as a download is: chunk by verified chunk, to be continued
 * after a crash.
 */
final class Adoption {
  private final StoreAccess access;
  private final BlobStore blobs;
  private final AdoptionOptions options;
  private final AdoptionListener listener;
  private final Map<Sha256, Artifact> missing = new LinkedHashMap<>();
  private final List<Taken> taken = new ArrayList<>();

  Adoption(
      StoreAccess access, BlobStore blobs, AdoptionOptions options, AdoptionListener listener) {
    this.access = access;
    this.blobs = blobs;
    this.options = options;
    this.listener = listener;
  }

  AdoptionReport run(ReleaseManifest manifest, Path directory) throws IOException {
    Path root = realPath(directory);
    new Keeps(access).keep(manifest);
    blobs.missing(manifest).forEach(file -> missing.put(file.sha256(), file));
    AdoptionSearch search =
        new AdoptionSearch(root, access.layout().root(), withBytes(), options, listener);
    try (AdoptionLinks links = new AdoptionLinks(access)) {
      for (Candidate candidate : withBytes().isEmpty() ? List.<Candidate>of() : search.run()) {
        take(candidate, links, search);
      }
    }
    takeEmptyFiles(root);
    return new AdoptionReport(
        taken,
        List.copyOf(missing.values()),
        search.skipped(),
        search.skippedEntries(),
        search.entries(),
        search.isComplete());
  }

  private Path realPath(Path directory) {
    Path root;
    try {
      root = directory.toRealPath();
    } catch (IOException e) {
      throw new StoreException(
          StoreException.Reason.IO,
          "'" + directory + "' cannot be looked through (" + e + "): name a directory that exists.",
          directory.toString(),
          e);
    }
    if (root.startsWith(access.layout().root())) {
      throw new IllegalArgumentException(
          "'" + directory + "' lies in the store itself, which has its files already.");
    }
    return root;
  }

  private List<Artifact> withBytes() {
    return missing.values().stream().filter(file -> file.sizeBytes() > 0).toList();
  }

  private void take(Candidate candidate, AdoptionLinks links, AdoptionSearch search)
      throws IOException {
    List<Artifact> possible =
        missing.values().stream().filter(f -> f.sizeBytes() == candidate.sizeBytes()).toList();
    if (!possible.isEmpty()) {
      try {
        take(candidate.path(), possible, links).ifPresent(this::keep);
      } catch (AdoptionSource.Fault e) {
        search.skip(candidate.path(), e.obstacle());
      }
    }
  }

  private Optional<Taken> take(Path found, List<Artifact> possible, AdoptionLinks links)
      throws IOException {
    Optional<Path> link =
        switch (options.linking()) {
          case OWN_FILES -> links.link(found);
          case NEVER -> Optional.empty();
        };
    return link.isPresent() ? takeLinked(found, link.get(), possible) : takeCopied(found, possible);
  }

  private Optional<Taken> takeLinked(Path found, Path link, List<Artifact> possible)
      throws IOException {
    try (AdoptionSource source = AdoptionSource.open(found, link, listener)) {
      List<Artifact> alike = source.beginningAlike(possible);
      if (!alike.isEmpty()) {
        Sha256 digest = source.digest();
        for (Artifact artifact : alike) {
          if (digest.equals(artifact.sha256())) {
            publish(link, artifact);
            return Optional.of(new Taken(artifact, found, Way.LINKED));
          }
        }
      }
      return Optional.empty();
    } finally {
      access.disk().delete(link);
    }
  }

  /** The other tool may not have forced its bytes. */
  private void publish(Path link, Artifact artifact) throws IOException {
    ProcessLocks.Held lock = blobs.lock(artifact);
    try {
      if (!blobs.has(artifact)) {
        blobs.clearPlace(artifact);
        blobs.requireQuotaOfStaged(artifact);
        access.disk().force(link);
        access.disk().move(link, access.layout().blob(artifact.sha256()));
        access.disk().forceDirectory(access.layout().blobs());
      }
    } finally {
      lock.close();
    }
  }

  private Optional<Taken> takeCopied(Path found, List<Artifact> possible) throws IOException {
    try (AdoptionSource source = AdoptionSource.open(found, found, listener)) {
      for (Artifact artifact : source.beginningAlike(possible)) {
        if (copy(source, artifact)) {
          return Optional.of(new Taken(artifact, found, Way.COPIED));
        }
      }
      return Optional.empty();
    }
  }

  /** Returns whether it was the right file; what was right of it stays for the next try. */
  private boolean copy(AdoptionSource source, Artifact artifact) throws IOException {
    Optional<PartialBlob> opened = blobs.openPartial(artifact);
    if (opened.isEmpty()) {
      return true;
    }
    try (PartialBlob partial = opened.get()) {
      if (!source.fill(partial.chunks())) {
        return false;
      }
      partial.commit();
      return true;
    }
  }

  /** What has no bytes is nowhere to be looked for. */
  private void takeEmptyFiles(Path root) throws IOException {
    for (Artifact artifact : List.copyOf(missing.values())) {
      if (artifact.sizeBytes() == 0) {
        Optional<PartialBlob> opened = blobs.openPartial(artifact);
        if (opened.isPresent()) {
          try (PartialBlob partial = opened.get()) {
            partial.commit();
          }
        }
        keep(new Taken(artifact, root, Way.COPIED));
      }
    }
  }

  private void keep(Taken found) {
    missing.remove(found.file().sha256());
    taken.add(found);
    listener.onEvent(new AdoptionEvent.Taken(found.file(), found.source(), found.way()));
  }
}
