package io.edgellm.publish;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.tuf.RoleName;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.RepositoryPaths;
import io.edgellm.model.Sha256;
import io.edgellm.publish.PublishTarget.Document;
import io.edgellm.publish.PushStatus.Phase;
import io.edgellm.release.ReleaseException;
import io.edgellm.release.ReleaseException.Reason;
import io.edgellm.release.ReleaseIndex;
import io.edgellm.transfer.TransferException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Brings into a working copy what a publisher needs to go on from: update metadata, and the papers
 * of all releases; no files of models.
 *
 * <p>The timestamp is written last, so that a pull that is cut off leaves a repository that is
 * whole, and is simply repeated.
 */
final class Pull {
  private final LocalRepository here;
  private final PublishTarget there;
  private final Sending sending;
  private final Optional<byte[]> pinnedRoot;
  private final Map<String, Optional<Document>> seen = new HashMap<>();
  private int documents;
  private int releases;

  Pull(LocalRepository here, PublishTarget there, Sending sending, Optional<byte[]> pinnedRoot) {
    this.here = here;
    this.there = there;
    this.sending = sending;
    this.pinnedRoot = pinnedRoot;
  }

  /**
   * @param lines asked for beside those of the update metadata
   */
  PullReport run(Collection<ModelId> lines) {
    MetadataState theirs =
        MetadataState.read(path -> remote(path).map(Document::bytes), there.describe());
    requirePinned();
    MetadataState mine = here.metadata();
    boolean ahead = isAhead(mine, theirs);
    for (long n = 1; n <= theirs.roots(); n++) {
      fetchImmutable(MetadataState.path(RoleName.ROOT, n));
    }
    theirs.versions().forEach(this::fetchRole);
    Set<ModelId> all = new TreeSet<>(lines);
    all.addAll(theirs.lines());
    all.forEach(line -> fetchLine(line, theirs));
    if (!ahead && !isSameTimestamp(mine, theirs)) {
      theirs.timestamp().ifPresent(json -> keep(MetadataState.TIMESTAMP, json));
    }
    sending.progress().enter(Phase.DONE, "");
    return new PullReport(releases, documents, theirs.timestampVersion());
  }

  private Optional<Document> remote(String path) {
    return seen.computeIfAbsent(path, this::ask);
  }

  private Optional<Document> ask(String path) {
    sending.progress().enter(Phase.PULLING, path);
    return sending.trying(path, () -> there.read(path, MetadataState.MAX_BYTES));
  }

  /** A thief of the place can put another repository there, but not one that begins with ours. */
  private void requirePinned() {
    if (pinnedRoot.isEmpty()) {
      return;
    }
    byte[] root = pinnedRoot.get();
    String path = MetadataState.path(RoleName.ROOT, version(root));
    Optional<Document> served = remote(path);
    if (served.isPresent() && !served.get().isSame(root)) {
      throw new ReleaseException(
          Reason.UNTRUSTED,
          "'"
              + there.describe()
              + "' has another '"
              + path
              + "' than the one that devices pin: somebody has put another repository there."
              + " Restore it, and replace its credentials.",
          path);
    }
  }

  private static long version(byte[] root) {
    try {
      return MetadataState.signed(root).integer("version");
    } catch (JsonFault e) {
      throw new ReleaseException(
          Reason.UNTRUSTED,
          "What was given as the root that devices pin is none (" + e.getMessage() + ").",
          RoleName.ROOT,
          e);
    }
  }

  /**
   * Returns whether the working copy has something that was not pushed yet.
   *
   * @throws ReleaseException with {@code OUTDATED} if both have something that the other has not
   */
  private boolean isAhead(MetadataState mine, MetadataState theirs) {
    if (mine.isEmpty() || isSameTimestamp(mine, theirs)) {
      return false;
    }
    if (mine.timestampVersion() < theirs.timestampVersion() && isShared(mine)) {
      return false;
    }
    boolean ahead =
        theirs.isEmpty()
            || (theirs.timestampVersion() < mine.timestampVersion() && isShared(theirs));
    if (!ahead) {
      throw new ReleaseException(
          Reason.OUTDATED,
          "'"
              + here.root()
              + "' has changes that are not at '"
              + there.describe()
              + "', which has others meanwhile: pull into an empty directory, and publish again.",
          here.root().toString());
    }
    return true;
  }

  private static boolean isSameTimestamp(MetadataState mine, MetadataState theirs) {
    return Arrays.equals(
        mine.timestamp().orElse(new byte[0]), theirs.timestamp().orElse(new byte[0]));
  }

  /** Returns whether the snapshot that is current for one of both is a file of both. */
  private boolean isShared(MetadataState one) {
    String path = MetadataState.path(RoleName.SNAPSHOT, one.version(RoleName.SNAPSHOT));
    Optional<byte[]> local = here.read(path);
    return local.isPresent() && remote(path).filter(d -> d.isSame(local.get())).isPresent();
  }

  /** Beyond the current version there may be those of a push that was cut off. */
  private void fetchRole(String role, long version) {
    long n = version;
    while (fetchImmutable(MetadataState.path(role, n))) {
      n++;
    }
  }

  private boolean fetchImmutable(String path) {
    Optional<Document> served = remote(path);
    if (served.isEmpty()) {
      return false;
    }
    Optional<byte[]> local = here.read(path);
    if (local.isEmpty()) {
      keep(path, served.get().bytes());
    } else if (!served.get().isSame(local.get())) {
      throw new ReleaseException(
          Reason.OUTDATED,
          "'"
              + there.describe()
              + "' has another '"
              + path
              + "' than '"
              + here.root()
              + "': pull into an empty directory, and publish again.",
          path);
    }
    return true;
  }

  private void keep(String path, byte[] bytes) {
    here.write(path, bytes);
    documents++;
  }

  private void fetchLine(ModelId line, MetadataState theirs) {
    String path = RepositoryPaths.index(line);
    Optional<Document> served = remote(path);
    if (served.isEmpty()) {
      return;
    }
    ReleaseIndex index = ReleaseIndex.fromJson(served.get().bytes());
    for (ReleaseIndex.Entry entry : index.releases()) {
      fetchPapers(line, entry, theirs);
    }
    releases += index.releases().size();
    byte[] merged = merged(index).toJson();
    if (here.read(path).filter(local -> Arrays.equals(local, merged)).isEmpty()) {
      keep(path, merged);
    }
  }

  /** What is published here and not pushed yet stays listed. */
  private ReleaseIndex merged(ReleaseIndex served) {
    Map<ModelVersion, ReleaseIndex.Entry> entries = new TreeMap<>();
    here.index(served.model())
        .ifPresent(local -> local.releases().forEach(e -> entries.put(e.version(), e)));
    served.releases().forEach(e -> entries.put(e.version(), e));
    return new ReleaseIndex(served.model(), List.copyOf(entries.values()));
  }

  private void fetchPapers(ModelId line, ReleaseIndex.Entry entry, MetadataState theirs) {
    String manifest = RepositoryPaths.manifest(line, entry.version());
    String signature = RepositoryPaths.signature(line, entry.version());
    String attestations = RepositoryPaths.attestations(line, entry.version());
    Optional<byte[]> local = here.read(manifest);
    if (local.isPresent() && !Sha256.of(local.get()).equals(entry.manifest())) {
      throw exists(line, entry);
    }
    Optional<Sha256> attested = Optional.ofNullable(theirs.targets().get(attestations));
    boolean more =
        attested.isPresent()
            && here.read(attestations).map(Sha256::of).filter(attested.get()::equals).isEmpty();
    if (local.isEmpty() || more) {
      remote(attestations).ifPresent(document -> keep(attestations, document.bytes()));
    }
    if (local.isEmpty()) {
      keep(signature, require(signature));
      byte[] json = require(manifest);
      if (!Sha256.of(json).equals(entry.manifest())) {
        throw corrupt(manifest);
      }
      keep(manifest, json);
    }
  }

  private byte[] require(String path) {
    return remote(path)
        .orElseThrow(
            () ->
                new TransferException(
                    TransferException.Reason.NOT_FOUND,
                    "'"
                        + there.describe()
                        + "' lists a release without '"
                        + path
                        + "': restore the file.",
                    path))
        .bytes();
  }

  private TransferException corrupt(String path) {
    return new TransferException(
        TransferException.Reason.CORRUPT,
        "'"
            + there.describe()
            + "' has another '"
            + path
            + "' than the one that its index lists: restore the file.",
        path);
  }

  private ReleaseException exists(ModelId line, ReleaseIndex.Entry entry) {
    String title = line + " " + entry.version();
    return new ReleaseException(
        Reason.EXISTS,
        "'"
            + title
            + "' is at '"
            + there.describe()
            + "' with other bytes than in '"
            + here.root()
            + "': pull into an empty directory, and publish under a new version.",
        title);
  }
}
