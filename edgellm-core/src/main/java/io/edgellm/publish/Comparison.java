package io.edgellm.publish;

import io.edgellm.internal.tuf.RoleName;
import io.edgellm.model.Artifact;
import io.edgellm.model.ModelId;
import io.edgellm.model.RepositoryPaths;
import io.edgellm.model.Sha256;
import io.edgellm.publish.PublishTarget.Document;
import io.edgellm.publish.PushPlan.Timestamp;
import io.edgellm.release.ReleaseException;
import io.edgellm.release.ReleaseException.Reason;
import io.edgellm.release.ReleaseIndex;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Compares a repository here with what is at a target, and refuses whatever could not be pushed as
 * a whole.
 *
 * <p>As in other version control, what is there must be contained in what is here: the snapshot
 * that is current there has the same bytes here, the index there lists nothing that is not listed
 * here. Nothing needs to be remembered for that between a pull and a push, and a push that was cut
 * off is simply repeated, from this working copy or from a fresh one.
 */
final class Comparison {
  /** Of which releases files are asked for. */
  enum Scope {
    /** Those that are not there: files of others went before their papers. */
    NEW_RELEASES,
    /** All, since somebody may have deleted or exchanged files. */
    ALL_RELEASES
  }

  private final LocalRepository here;
  private final PublishTarget there;
  private final Sending sending;
  private final Scope scope;
  private final MetadataState mine;
  private final MetadataState theirs;

  private final List<PushPlan.Blob> blobs = new ArrayList<>();
  private final List<ReleasePapers> papers = new ArrayList<>();
  private final List<String> newReleases = new ArrayList<>();
  private final List<LineListing> listings = new ArrayList<>();
  private final Set<String> wanted = new HashSet<>();
  private long skippedBytes;

  private Comparison(LocalRepository here, PublishTarget there, Sending sending, Scope scope) {
    this.here = here;
    this.there = there;
    this.sending = sending;
    this.scope = scope;
    this.mine = here.metadata();
    this.theirs = MetadataState.read(path -> remote(path).map(Document::bytes), there.describe());
  }

  /**
   * Makes a plan; writes nothing.
   *
   * @throws ReleaseException with {@code OUTDATED} if there is something that is not here, {@code
   *     EXISTS} if a version is there with other bytes, {@code MISSING} if a blob is nowhere
   */
  static PushPlan plan(LocalRepository here, PublishTarget there, Sending sending, Scope scope) {
    return new Comparison(here, there, sending, scope).plan();
  }

  private PushPlan plan() {
    requireContained();
    SortedMap<Long, byte[]> roots = newRoots();
    SortedMap<String, byte[]> metadata = newMetadata();
    Map<String, Sha256> newTargets = newTargets();
    for (ModelId line : lines(here, mine)) {
      compare(line, newTargets);
    }
    return new PushPlan(
        blobs, skippedBytes, papers, newReleases, listings, metadata, roots, newTimestamp());
  }

  private Optional<Document> remote(String path) {
    return sending.trying(path, () -> there.read(path, MetadataState.MAX_BYTES));
  }

  private void requireContained() {
    if (theirs.roots() > mine.roots() || !isSameHere(RoleName.ROOT, theirs.roots())) {
      throw movedOn("root " + theirs.roots());
    }
    if (theirs.isEmpty()) {
      return;
    }
    long snapshot = theirs.version(RoleName.SNAPSHOT);
    if (!isSameHere(RoleName.SNAPSHOT, snapshot)) {
      throw movedOn("snapshot " + snapshot);
    }
    boolean newer = theirs.timestampVersion() > mine.timestampVersion();
    boolean another =
        theirs.timestampVersion() == mine.timestampVersion()
            && !Arrays.equals(theirs.timestamp().orElseThrow(), mine.timestamp().orElseThrow());
    if (newer || another) {
      throw movedOn("timestamp " + theirs.timestampVersion());
    }
  }

  private boolean isSameHere(String role, long version) {
    String path = MetadataState.path(role, version);
    Optional<byte[]> local = here.read(path);
    return version == 0
        || (local.isPresent() && remote(path).filter(d -> d.isSame(local.get())).isPresent());
  }

  private ReleaseException movedOn(String what) {
    return new ReleaseException(
        Reason.OUTDATED,
        "'"
            + there.describe()
            + "' has "
            + what
            + ", which is not in this working copy: pull, and publish again.",
        what);
  }

  private SortedMap<Long, byte[]> newRoots() {
    SortedMap<Long, byte[]> roots = new TreeMap<>();
    for (long n = theirs.roots() + 1; n <= mine.roots(); n++) {
      roots.put(n, here.require(MetadataState.path(RoleName.ROOT, n)));
    }
    return roots;
  }

  /** Also those that were never current: numbers with a gap would be given out twice. */
  private SortedMap<String, byte[]> newMetadata() {
    SortedMap<String, byte[]> metadata = new TreeMap<>();
    for (Map.Entry<String, Long> role : mine.versions().entrySet()) {
      for (long n = theirs.version(role.getKey()) + 1; n <= role.getValue(); n++) {
        String path = MetadataState.path(role.getKey(), n);
        Optional<byte[]> json = here.read(path);
        if (json.isPresent() && !isThere(path, json.get())) {
          metadata.put(path, json.get());
        }
      }
    }
    return metadata;
  }

  private boolean isThere(String path, byte[] bytes) {
    Optional<Document> document = remote(path);
    if (document.isPresent() && !document.get().isSame(bytes)) {
      throw movedOn("another '" + path + "'");
    }
    return document.isPresent();
  }

  private Optional<Timestamp> newTimestamp() {
    if (mine.isEmpty()) {
      return Optional.empty();
    }
    Optional<Document> before = remote(MetadataState.TIMESTAMP);
    byte[] json = mine.timestamp().orElseThrow();
    if (before.isPresent() == theirs.isEmpty()
        || before
            .filter(d -> !Arrays.equals(d.bytes(), theirs.timestamp().orElseThrow()))
            .isPresent()) {
      throw movedOn("another timestamp since a moment ago");
    }
    return before.filter(d -> d.isSame(json)).isPresent()
        ? Optional.empty()
        : Optional.of(new Timestamp(new Document(json, ""), before));
  }

  private Map<String, Sha256> newTargets() {
    Map<String, Sha256> added = new TreeMap<>(mine.targets());
    added.entrySet().removeAll(theirs.targets().entrySet());
    return added;
  }

  /** Returns the lines of a repository: those with an index, and those of its metadata. */
  static Set<ModelId> lines(LocalRepository repository, MetadataState metadata) {
    Set<ModelId> lines = new TreeSet<>(repository.lines());
    lines.addAll(metadata.lines());
    return lines;
  }

  private void compare(ModelId line, Map<String, Sha256> newTargets) {
    Optional<Document> document = remote(RepositoryPaths.index(line));
    List<ReleaseIndex.Entry> listed =
        document.map(d -> ReleaseIndex.fromJson(d.bytes()).releases()).orElse(List.of());
    List<ReleaseIndex.Entry> local = here.index(line).map(ReleaseIndex::releases).orElse(List.of());
    for (ReleaseIndex.Entry entry : listed) {
      requireHere(line, entry, local);
    }
    for (ReleaseIndex.Entry entry : local) {
      if (!listed.contains(entry)) {
        comparePapers(line, entry);
      } else {
        compareAttestations(line, entry);
        if (scope == Scope.ALL_RELEASES) {
          here.papers(line, entry).blobs().forEach(blob -> want(line, blob));
        }
      }
    }
    LineListing listing = listing(line, document, newTargets);
    if (listing.isNew()) {
      listings.add(listing);
    }
  }

  private void requireHere(ModelId line, ReleaseIndex.Entry entry, List<ReleaseIndex.Entry> local) {
    if (local.contains(entry)) {
      return;
    }
    String title = line + " " + entry.version();
    throw local.stream().anyMatch(mine -> mine.version().equals(entry.version()))
        ? exists(title)
        : movedOn("'" + title + "'");
  }

  private ReleaseException exists(String title) {
    return new ReleaseException(
        Reason.EXISTS,
        "'"
            + title
            + "' is at '"
            + there.describe()
            + "' already, with other bytes: a published version never changes, choose a new one.",
        title);
  }

  private void comparePapers(ModelId line, ReleaseIndex.Entry entry) {
    ReleasePapers local = here.papers(line, entry);
    Optional<Document> manifest = remote(local.manifestPath());
    if (manifest.isPresent()) {
      // The manifest goes last: whatever belongs to it is there.
      if (!manifest.get().isSame(local.release().manifestJson())
          || !isSame(local.signaturePath(), local.release().signature())) {
        throw exists(local.manifest().title());
      }
      return;
    }
    newReleases.add(local.manifest().title());
    papers.add(local);
    local.blobs().forEach(blob -> want(line, blob));
  }

  private boolean isSame(String path, byte[] bytes) {
    return remote(path).filter(d -> d.isSame(bytes)).isPresent();
  }

  private void want(ModelId line, Artifact blob) {
    String place = there.hasBlobsPerLine() ? line + " " : "";
    if (!wanted.add(place + blob.sha256())) {
      return;
    }
    String path = RepositoryPaths.blob(blob.sha256());
    if (sending.trying(path, () -> there.has(line, blob))) {
      skippedBytes += blob.sizeBytes();
      return;
    }
    Path file =
        here.blob(blob)
            .orElseThrow(
                () ->
                    new ReleaseException(
                        Reason.MISSING,
                        "The file '"
                            + blob.path()
                            + "' of a release is neither in '"
                            + here.root()
                            + "' nor at '"
                            + there.describe()
                            + "': publish the release there again.",
                        path));
    blobs.add(new PushPlan.Blob(line, blob, file));
  }

  /** More may be attested of a release that is there. */
  private void compareAttestations(ModelId line, ReleaseIndex.Entry entry) {
    String path = RepositoryPaths.attestations(line, entry.version());
    Optional<byte[]> local = here.read(path);
    if (local.isPresent()
        && !Sha256.of(local.get()).equals(theirs.targets().get(path))
        && !isSame(path, local.get())) {
      papers.add(here.papers(line, entry));
    }
  }

  private LineListing listing(
      ModelId line, Optional<Document> before, Map<String, Sha256> newTargets) {
    String prefix = MetadataState.LINES + line + "/";
    Map<String, byte[]> files = new TreeMap<>();
    newTargets.forEach(
        (target, digest) -> {
          if (target.startsWith(prefix)) {
            String path = MetadataState.targetPath(target, digest);
            files.put(path, here.require(path));
          }
        });
    Set<String> all =
        mine.targets().entrySet().stream()
            .filter(target -> target.getKey().startsWith(prefix))
            .map(target -> MetadataState.targetPath(target.getKey(), target.getValue()))
            .collect(Collectors.toCollection(TreeSet::new));
    return new LineListing(line, here.read(RepositoryPaths.index(line)), before, files, all);
  }
}
