package io.edgellm.release.tuf;

import io.edgellm.release.ReleaseException;
import io.edgellm.trust.tuf.TufVersions;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * New versions of some roles, in memory, to be signed and published as a whole.
 *
 * <p>Root, targets and the model lines are signed for by people or by a pipeline, here. Snapshot
 * and timestamp say what is current, so they are made and signed in the moment of publication. A
 * change that is signed by enough keys is published at once; one that waits for people is {@link
 * #stage staged}.
 *
 * <p>Immutable; {@link #sign} returns the signed change.
 */
public final class TufChange {
  private final TufContext context;
  private final RepositoryState before;
  private final Map<String, Long> base;
  private final List<MetadataDocument> documents;
  private final SortedMap<String, byte[]> targets;

  /**
   * @param before what devices see now
   * @param base of which version each document is the next one; 0 for a new role
   * @param documents new versions of roles other than snapshot and timestamp
   * @param targets new target files, by path with the hash in the name
   */
  TufChange(
      TufContext context,
      RepositoryState before,
      Map<String, Long> base,
      Collection<MetadataDocument> documents,
      Map<String, byte[]> targets) {
    this.context = context;
    this.before = before;
    this.base = Map.copyOf(base);
    this.documents = List.copyOf(documents);
    this.targets = new TreeMap<>(targets);
  }

  /**
   * Returns this change with the signatures of some signers on everything that they may sign. If
   * the keys of a role change, the old ones sign the role, too, as far as they are at hand: devices
   * then see no moment in which something does not fit.
   *
   * @throws ReleaseException with {@code BAD_KEY} if one of them may sign nothing of it
   */
  public TufChange sign(TufSigner... signers) {
    List<TufSigner> all = List.of(signers);
    signing().requireUseful(all, roles());
    return with(signing().sign(documents, all));
  }

  TufChange with(Collection<MetadataDocument> signed) {
    return new TufChange(context, before, base, signed, targets);
  }

  /** Returns the roles of which it holds a new version, sorted. */
  public List<String> roles() {
    return documents.stream().map(MetadataDocument::role).sorted().toList();
  }

  /**
   * Makes it the current state of the repository, together with a new timestamp and, if needed, a
   * new snapshot.
   *
   * <p>Before anything is written, a trial device follows the repository from its first root to the
   * new state with the client that real devices use. Readers see the old state or the new one. If
   * the keys of timestamp, snapshot or targets change and too few of the old ones have signed,
   * there is a moment between two files in which devices refuse the repository and try again; the
   * change is then staged before, and published by name after a cut.
   *
   * @param signers for snapshot and timestamp; they also sign what else they may
   * @return what a device sees now
   * @throws ReleaseException with {@code THRESHOLD}, {@code BAD_KEY}, {@code EXPIRED}, {@code
   *     CLOCK} if the new snapshot or timestamp would expire before the one that it replaces,
   *     {@code OUTDATED} if somebody else published a new version of one of the roles, {@code
   *     UNTRUSTED} if a device would refuse, {@code BUSY} or {@code IO}
   */
  public TufVersions publish(TufSigner... signers) {
    return new Publication(context, this, Optional.empty(), List.of(signers)).run();
  }

  /**
   * Puts it aside until enough people have signed.
   *
   * @param name lower-case letters, digits, dots, dashes and underscores, at most 64
   * @throws IllegalArgumentException if it is {@linkplain StagedChange#isName no such name}
   * @throws ReleaseException with {@code EXISTS} if there is a staged change of this name, or
   *     {@code IO}
   */
  public StagedChange stage(String name) {
    return StagedChange.create(context, name, this);
  }

  Signing signing() {
    return new Signing(before, after());
  }

  private RepositoryState after() {
    return before.with(documents);
  }

  long base(String role) {
    return base.getOrDefault(role, 0L);
  }

  List<MetadataDocument> documents() {
    return documents;
  }

  SortedMap<String, byte[]> targets() {
    return targets;
  }
}
