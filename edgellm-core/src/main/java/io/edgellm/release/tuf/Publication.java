package io.edgellm.release.tuf;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.tuf.RoleName;
import io.edgellm.model.ModelId;
import io.edgellm.release.ReleaseException;
import io.edgellm.trust.tuf.TufException;
import io.edgellm.trust.tuf.TufVersions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes a change current: adds snapshot and timestamp, lets a trial device look at the result, and
 * writes the files in an order in which readers see the old or the new state.
 *
 * <p>Files with a version or a hash in their names come first, since nobody refers to them yet. The
 * timestamp then switches from the old to the new state. A new root switches, too: devices that see
 * it believe only its keys. If the new timestamp, with what it refers to, is valid under the old
 * root as well, it goes first, and each of the two files leaves a valid repository. Otherwise the
 * root goes first, because its keys may have been taken from somebody.
 */
final class Publication {
  private static final Set<String> ONLINE = Set.of(RoleName.SNAPSHOT, RoleName.TIMESTAMP);
  private static final String SIGNED_AT = "x-edgellm-signed-at";

  private final TufContext context;
  private final RepositoryFiles files;
  private final TufChange change;
  private final Optional<StagedChange> staged;
  private final List<TufSigner> signers;
  private final Instant now;

  /**
   * @param staged the change as it was put aside, if it was
   */
  Publication(
      TufContext context,
      TufChange change,
      Optional<StagedChange> staged,
      List<TufSigner> signers) {
    this.context = context;
    this.files = context.files();
    this.change = change;
    this.staged = staged;
    this.signers = signers;
    this.now = MetadataDocument.seconds(context.clock().instant());
  }

  /** What is to be written, after a device has accepted it. */
  private record Accepted(
      TufChange change,
      List<MetadataDocument> documents,
      boolean timestampFirst,
      TufVersions seen) {}

  TufVersions run() {
    return context.locked(
        () -> {
          Accepted accepted = prepare();
          write(accepted.change(), accepted.documents(), accepted.timestampFirst());
          return accepted.seen();
        });
  }

  /** Refuses what {@link #run} would refuse, and writes nothing. */
  void rehearse() {
    prepare();
  }

  private Accepted prepare() {
    RepositoryState current = RepositoryState.load(files);
    List<MetadataDocument> waiting =
        change.documents().stream().filter(d -> !isPublished(d, current)).toList();
    waiting.forEach(document -> requireNext(document, current));
    Signing signing = new Signing(current, current.with(change.documents()));
    Set<String> roles = new LinkedHashSet<>(change.roles());
    roles.addAll(List.of(RoleName.SNAPSHOT, RoleName.TIMESTAMP));
    signing.requireUseful(signers, roles);
    requireUnexpired(signing.after());
    List<MetadataDocument> authored = signing.sign(waiting, signers);
    List<MetadataDocument> all = new ArrayList<>(authored);
    addSnapshot(current, signing, all);
    addTimestamp(current, signing, all);
    all.forEach(document -> requireLater(document, current, signing));
    all.forEach(signing::requireThreshold);
    return verify(current, change.with(authored), all);
  }

  /** A publication makes a new snapshot and timestamp; what people sign, it cannot renew. */
  private void requireUnexpired(RepositoryState after) {
    Set<String> needed = new LinkedHashSet<>(List.of(RoleName.ROOT, RoleName.TARGETS));
    needed.addAll(change.roles());
    for (String role : needed) {
      Optional<MetadataDocument> expired =
          after.document(role).filter(document -> !document.expires().isAfter(now));
      if (expired.isPresent()) {
        TufRole who = after.requireRole(role);
        throw new ReleaseException(
            ReleaseException.Reason.EXPIRED,
            "'"
                + role
                + "' has expired at "
                + expired.get().expires()
                + ", and devices refuse all that it vouches for: renew it first, signed by "
                + who.threshold()
                + " of "
                + who.keys().stream().map(TufKey::toString).collect(Collectors.joining(", "))
                + ".",
            role);
      }
    }
  }

  /**
   * Devices would expire together, and early, if a publisher with a slow clock replaced what a
   * right one made. A role with other keys or another validity begins anew.
   */
  private static void requireLater(
      MetadataDocument next, RepositoryState current, Signing signing) {
    String name = next.role();
    Optional<MetadataDocument> old = current.document(name);
    TufRole role = signing.after().requireRole(name);
    if (ONLINE.contains(name)
        && old.isPresent()
        && next.expires().isBefore(old.get().expires())
        && current.role(name).equals(Optional.of(role))
        && isSigned(old.get(), role)) {
      throw new ReleaseException(
          ReleaseException.Reason.CLOCK,
          "The new '"
              + name
              + "' would expire at "
              + next.expires()
              + ", before the one that it replaces ("
              + old.get().expires()
              + "): check the clock of this machine.",
          name);
    }
  }

  private static boolean isPublished(MetadataDocument document, RepositoryState current) {
    return current.document(document.role()).filter(d -> isSame(d, document)).isPresent();
  }

  private static boolean isSame(MetadataDocument a, MetadataDocument b) {
    return a.role().equals(b.role()) && a.signedDigest().equals(b.signedDigest());
  }

  private void requireNext(MetadataDocument document, RepositoryState current) {
    String role = document.role();
    if (current.version(role) != change.base(role)) {
      throw new ReleaseException(
          ReleaseException.Reason.OUTDATED,
          "Somebody published version "
              + current.version(role)
              + " of '"
              + role
              + "' meanwhile, which this change does not know: make the change again.",
          role);
    }
  }

  private void addSnapshot(
      RepositoryState current, Signing signing, List<MetadataDocument> documents) {
    Optional<MetadataDocument> old = current.document(RoleName.SNAPSHOT);
    List<MetadataDocument> listed =
        documents.stream().filter(d -> !RoleName.ROOT.equals(d.role())).toList();
    TufRole role = signing.after().requireRole(RoleName.SNAPSHOT);
    if (old.isPresent() && listed.isEmpty() && isGood(old.get(), role)) {
      return;
    }
    ObjectNode content = old.map(MetadataDocument::signed).orElseGet(MetadataDocument::content);
    ObjectNode meta = content.withObject("meta");
    listed.forEach(d -> meta.set(d.role() + ".json", d.listing()));
    documents.add(next(RoleName.SNAPSHOT, content, current, role, signing));
  }

  /**
   * Whether a snapshot is signed as it must be, less than half of its time is over, and not more
   * time is left than a new one would have.
   */
  private boolean isGood(MetadataDocument snapshot, TufRole role) {
    Duration left = Duration.between(now, snapshot.expires());
    return left.multipliedBy(2).compareTo(role.validity()) > 0
        && left.compareTo(role.validity()) <= 0
        && isSigned(snapshot, role);
  }

  private static boolean isSigned(MetadataDocument document, TufRole role) {
    return role.keys().stream().filter(document::isSignedBy).count() >= role.threshold();
  }

  private void addTimestamp(
      RepositoryState current, Signing signing, List<MetadataDocument> documents) {
    ObjectNode content =
        current
            .document(RoleName.TIMESTAMP)
            .map(MetadataDocument::signed)
            .orElseGet(MetadataDocument::content);
    ObjectNode meta = content.withObject("meta");
    documents.stream()
        .filter(d -> RoleName.SNAPSHOT.equals(d.role()))
        .forEach(d -> meta.set("snapshot.json", d.listing()));
    content.put(SIGNED_AT, now.toString());
    TufRole role = signing.after().requireRole(RoleName.TIMESTAMP);
    documents.add(next(RoleName.TIMESTAMP, content, current, role, signing));
  }

  private MetadataDocument next(
      String name, ObjectNode content, RepositoryState current, TufRole role, Signing signing) {
    long version = new VersionMarks(files).next(name, current);
    return signing.sign(
        MetadataDocument.unsigned(name, content, version, now, role.validity()), signers);
  }

  private Accepted verify(
      RepositoryState current, TufChange signed, List<MetadataDocument> documents) {
    Map<String, byte[]> metadata = new HashMap<>();
    documents.forEach(d -> metadata.put(fileName(d), d.toJson()));
    PendingRepository next = new PendingRepository(files, metadata, change.targets(), Set.of());
    boolean created = current.isEmpty();
    try (TrialDevice device = context.trialDevice(created ? next.firstRoot() : context.root(1))) {
      if (!created) {
        requireTrusted(device, current);
      }
      String newRoot = RoleName.fileName(RoleName.ROOT, current.version(RoleName.ROOT) + 1);
      boolean timestampFirst = created || isValid(device, next.without(newRoot));
      TufVersions seen = requireValid(device, next, current.with(documents), documents);
      return new Accepted(signed, documents, timestampFirst, seen);
    }
  }

  private void requireTrusted(TrialDevice device, RepositoryState current) {
    PendingRepository asItIs = PendingRepository.asItIs(files);
    try {
      device.refreshBeforeExpiry(asItIs);
    } catch (TufException e) {
      if (!isBeingFinished(asItIs, current)) {
        throw TrialDevice.refused("as it is", e);
      }
    }
  }

  /** After a cut between root and timestamp, what fits together is what was there before. */
  private boolean isBeingFinished(PendingRepository asItIs, RepositoryState current) {
    Optional<MetadataDocument> root = current.document(RoleName.ROOT);
    if (root.isEmpty() || change.documents().stream().noneMatch(d -> isSame(d, root.get()))) {
      return false;
    }
    try (TrialDevice device = context.trialDevice(context.root(1))) {
      device.refreshBeforeExpiry(asItIs.without(fileName(root.get())));
      return true;
    } catch (TufException e) {
      return false;
    }
  }

  private boolean isValid(TrialDevice device, PendingRepository repository) {
    try {
      device.refresh(repository, now);
      return true;
    } catch (TufException e) {
      return false;
    }
  }

  private TufVersions requireValid(
      TrialDevice device,
      PendingRepository next,
      RepositoryState after,
      List<MetadataDocument> documents) {
    try {
      TufVersions seen = device.refresh(next, now);
      Set<String> changed =
          documents.stream().map(MetadataDocument::role).collect(Collectors.toSet());
      device.requireLines(next, now, lines(changed, after));
      if (changed.contains(RoleName.TARGETS)) {
        // A line whose team let it expire must not keep the others from changing.
        device.requireLinesBeforeExpiry(next, lines(after.documents().keySet(), after));
      }
      device.requireTargets(next, now, targetPaths(change.targets().keySet()));
      return seen;
    } catch (TufException e) {
      throw TrialDevice.refused("as it would be", e);
    }
  }

  private static List<ModelId> lines(Set<String> roles, RepositoryState after) {
    return roles.stream()
        .filter(role -> after.role(role).isPresent())
        .flatMap(role -> ModelLine.ofRole(role).stream())
        .toList();
  }

  private static List<String> targetPaths(Collection<String> repositoryPaths) {
    return repositoryPaths.stream().map(ModelLine::targetPath).toList();
  }

  private void write(TufChange signed, List<MetadataDocument> documents, boolean timestampFirst) {
    Optional<StagedChange> kept =
        timestampFirst || staged.isPresent()
            ? staged
            : Optional.of(signed.stage("root-" + context.clock().instant().getEpochSecond()));
    change.targets().forEach((path, bytes) -> files.write(files.target(path), bytes));
    documents.stream().filter(d -> !isSwitch(d)).forEach(this::write);
    List<MetadataDocument> switches =
        new ArrayList<>(documents.stream().filter(Publication::isSwitch).toList());
    switches.sort(Comparator.comparing(d -> d.role().equals(RoleName.TIMESTAMP) != timestampFirst));
    switches.forEach(this::write);
    kept.ifPresent(StagedChange::discard);
  }

  private static boolean isSwitch(MetadataDocument document) {
    return document.role().equals(RoleName.ROOT) || document.role().equals(RoleName.TIMESTAMP);
  }

  private void write(MetadataDocument document) {
    files.write(files.metadata(fileName(document)), document.toJson());
  }

  private static String fileName(MetadataDocument document) {
    return document.role().equals(RoleName.TIMESTAMP)
        ? RoleName.fileName(RoleName.TIMESTAMP)
        : RoleName.fileName(document.role(), document.version());
  }
}
