package io.edgellm.release.tuf;

import io.edgellm.internal.io.Disk;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.release.ReleaseException;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.tuf.TufException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Keeps a repository of The Update Framework beside what {@link
 * io.edgellm.release.ReleasePublisher} writes, in the same directory:
 *
 * <pre>
 * metadata/&lt;n&gt;.root.json             who signs for what; devices ship with one of them
 * metadata/&lt;n&gt;.targets.json          which keys sign for which model line
 * metadata/&lt;n&gt;.models-&lt;line&gt;.json    the releases of a line
 * metadata/&lt;n&gt;.snapshot.json         which of these belong together
 * metadata/timestamp.json           which snapshot is current
 * targets/models/&lt;line&gt;/index.json, targets/models/&lt;line&gt;/&lt;version&gt;/release.json, …
 *                                   with the SHA-256 before the name of each file
 * staged/&lt;name&gt;/                    changes that wait for signatures
 * </pre>
 *
 * <p>Every method that changes something returns a {@link TufChange}: nothing is written until that
 * is published or staged. Blobs are no targets; {@code release.json} names them by their digests.
 * The index of a line is one, so that the list of its versions is signed, too.
 *
 * <p>What is in the directory is verified from the first root on before anything is built on it, so
 * that nobody signs what somebody else put there. Thread-safe.
 */
public final class TufPublisher {
  private final TufContext context;

  private TufPublisher(TufContext context) {
    this.context = context;
  }

  /**
   * Takes a directory in which a repository is or will be.
   *
   * @param directory the directory that {@link io.edgellm.release.ReleasePublisher} has, too
   * @param clock the time that expiries are counted from
   */
  public static TufPublisher at(Path directory, InstantSource clock) {
    return at(Disk.local(), directory, Path.of(System.getProperty("java.io.tmpdir")), clock);
  }

  static TufPublisher at(Disk disk, Path directory, Path scratch, InstantSource clock) {
    return new TufPublisher(new TufContext(new RepositoryFiles(disk, directory), scratch, clock));
  }

  /** Returns the name of the role that signs for a model line. */
  public static String roleOf(ModelId line) {
    return ModelLine.role(line);
  }

  /** Returns an editor of a repository that devices would believe, where lines are delegated. */
  private RepositoryEditor editorOf(Set<ModelId> lines) {
    RepositoryState state = RepositoryState.load(context.files());
    lines.forEach(line -> state.requireRole(roleOf(line)));
    try (TrialDevice device = context.trialDevice(context.root(1))) {
      device.requireLinesBeforeExpiry(
          PendingRepository.asItIs(context.files()), List.copyOf(lines));
      return new RepositoryEditor(context, state);
    } catch (TufException e) {
      throw TrialDevice.refused("as it is", e);
    }
  }

  /**
   * Begins a repository. Root and targets keys sign this change; its first root is what devices
   * ship with.
   *
   * @throws ReleaseException with {@code EXISTS} if there is a repository, or {@code IO}
   */
  public TufChange create(TufPlan plan) {
    return new RepositoryEditor(context, RepositoryState.load(context.files())).create(plan);
  }

  /**
   * Lets keys sign for a model line that nobody signs for yet. Targets and the new keys sign this
   * change.
   *
   * @throws ReleaseException with {@code EXISTS}, {@code MISSING} if there is no repository, {@code
   *     UNTRUSTED} or {@code IO}
   */
  public TufChange delegate(ModelId line, TufRole role) {
    return editorOf(Set.of()).delegate(line, role);
  }

  /**
   * Adds releases that {@link io.edgellm.release.ReleasePublisher} has written into this directory,
   * with what is attested of them. The keys of their lines sign this change.
   *
   * @throws ReleaseException with {@code MISSING} if one of them is not there or nobody signs for
   *     its line, {@code EXISTS} if its version was added before with other bytes, {@code
   *     ROLLBACK_INDEX} if its index does not fit those of the versions that the line lists, {@code
   *     UNTRUSTED} or {@code IO}
   */
  public TufChange add(SignedRelease... releases) {
    List<SignedRelease> all = List.of(releases);
    return editorOf(lines(all)).addWritten(all);
  }

  /**
   * Does all that {@link #add} and {@link TufChange#publish} do to releases, and writes nothing:
   * what would be refused then is refused here, before a single large file is copied.
   *
   * @param releases which need not be in this directory
   * @param signers all that are going to sign
   * @throws ReleaseException with {@code MISSING} if nobody signs for a line, {@code BAD_KEY} if a
   *     key may sign nothing of this, {@code THRESHOLD} if more keys must sign, {@code EXPIRED} if
   *     a role has, {@code EXISTS} if a version is there with other bytes, {@code ROLLBACK_INDEX}
   *     as {@link #add}, {@code CLOCK}, {@code UNTRUSTED} or {@code IO}
   */
  public void rehearse(Collection<SignedRelease> releases, TufSigner... signers) {
    rehearse(Map.of(), releases, signers);
  }

  /**
   * Does the same for releases of lines that nobody signs for yet: {@link #delegate} and {@link
   * #add}, without writing anything.
   *
   * @param newLines who is going to sign for which new line
   * @param releases of these lines or of others, which need not be in this directory
   * @param signers all that are going to sign, those of targets among them
   * @throws ReleaseException as above, and with {@code EXISTS} if somebody signs for a line already
   */
  public void rehearse(
      Map<ModelId, TufRole> newLines, Collection<SignedRelease> releases, TufSigner... signers) {
    Set<ModelId> known = new HashSet<>(lines(List.copyOf(releases)));
    known.removeAll(newLines.keySet());
    rehearse(editorOf(known), newLines, releases, List.of(signers));
  }

  /**
   * Does the same for a repository that is not there yet: {@link #create}, {@link #delegate} and
   * {@link #add}, without writing anything.
   *
   * @param plan of the repository
   * @param newLines who is going to sign for which line
   * @param releases of these lines
   * @param signers all that are going to sign, those of root and targets among them
   * @throws ReleaseException as above, and with {@code EXISTS} if there is a repository
   */
  public void rehearse(
      TufPlan plan,
      Map<ModelId, TufRole> newLines,
      Collection<SignedRelease> releases,
      TufSigner... signers) {
    RepositoryEditor editor = new RepositoryEditor(context, RepositoryState.load(context.files()));
    editor.create(plan);
    rehearse(editor, newLines, releases, List.of(signers));
  }

  private void rehearse(
      RepositoryEditor editor,
      Map<ModelId, TufRole> newLines,
      Collection<SignedRelease> releases,
      List<TufSigner> signers) {
    newLines.forEach(editor::delegate);
    TufChange change = editor.add(List.copyOf(releases));
    new Publication(context, change, Optional.empty(), signers).rehearse();
  }

  private static Set<ModelId> lines(List<SignedRelease> releases) {
    return releases.stream()
        .map(release -> release.manifest().model())
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Takes versions of a line back: devices do not find them any more. Their files stay, and the
   * same bytes may be added again. The keys of the line sign this change.
   *
   * @throws ReleaseException with {@code MISSING}, {@code UNTRUSTED} or {@code IO}
   */
  public TufChange withdraw(ModelId line, ModelVersion... versions) {
    return editorOf(Set.of(line)).withdraw(line, List.of(versions));
  }

  /**
   * Replaces the keys, thresholds or validities of some roles: all of root, targets, snapshot and
   * timestamp, and of model lines by {@link #roleOf}.
   *
   * <p>Root signs for the four top-level roles, targets for the lines; a role whose keys change
   * signs anew with its new keys, and, without a gap for devices, with the old ones. A new root
   * needs the threshold of the old and of the new root keys.
   *
   * @throws ReleaseException with {@code MISSING} if there is no such role, {@code UNTRUSTED} or
   *     {@code IO}
   */
  public TufChange rekey(Map<String, TufRole> roles) {
    return editorOf(Set.of()).rekey(roles);
  }

  /**
   * Makes new versions of roles with the same content and a new expiry: root, targets, and model
   * lines by {@link #roleOf}. Their own keys sign this change.
   *
   * @throws ReleaseException with {@code MISSING}, {@code UNTRUSTED} or {@code IO}
   */
  public TufChange renew(String... roles) {
    return editorOf(Set.of()).renew(List.of(roles));
  }

  /**
   * Changes nothing; to publish it makes a new timestamp, and a new snapshot if half of the time of
   * the old one is over. For a daily job.
   *
   * @throws ReleaseException with {@code MISSING}, {@code UNTRUSTED} or {@code IO}
   */
  public TufChange refresh() {
    return editorOf(Set.of()).renew(List.of());
  }

  /** Returns the names of the staged changes, sorted. */
  public List<String> staged() {
    return context.files().names(context.files().staged("")).stream()
        .filter(name -> StagedChange.exists(context, name))
        .toList();
  }

  /**
   * Returns a staged change.
   *
   * @throws IllegalArgumentException if it is {@linkplain StagedChange#isName no name} for one
   * @throws ReleaseException with {@code MISSING}, {@code CHANGED} if its files are damaged, or
   *     {@code IO}
   */
  public StagedChange staged(String name) {
    return StagedChange.load(context, name);
  }

  /**
   * Returns what expires when, the first to expire first.
   *
   * @throws ReleaseException with {@code IO}
   */
  public List<RoleExpiry> expiries() {
    return RepositoryState.load(context.files()).documents().values().stream()
        .map(d -> new RoleExpiry(d.role(), d.version(), d.expires()))
        .sorted(Comparator.comparing(RoleExpiry::expires).thenComparing(RoleExpiry::role))
        .toList();
  }

  /**
   * Returns who signs for a role now, to be changed and given to {@link #rekey}.
   *
   * @throws ReleaseException with {@code MISSING} or {@code IO}
   */
  public TufRole role(String name) {
    return RepositoryState.load(context.files()).requireRole(name);
  }

  /**
   * Returns a root as devices pin it. Any version will do; the first one lets the client follow all
   * that came later.
   *
   * @throws ReleaseException with {@code MISSING} or {@code IO}
   */
  public byte[] root(long version) {
    return context.root(version);
  }
}
