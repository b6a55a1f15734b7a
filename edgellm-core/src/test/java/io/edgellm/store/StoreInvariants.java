package io.edgellm.store;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.FaultyDisk;
import io.edgellm.internal.io.crash.DiskTree;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What must hold of a store that is opened after a power cut, whatever the cut left.
 *
 * <ol>
 *   <li>It opens, without a problem.
 *   <li>What is visible is intact: every version with all its files byte for byte, every file that
 *       need not be fetched. What was damaged before may be so until it is repaired.
 *   <li>Everything damaged is kept: it stands where it stood, or in quarantine with its note.
 *   <li>What is kept for an installation to come stays kept.
 *   <li>What is active, and what it falls back to, is installed.
 *   <li>What was acknowledged is there; what was under way is done or not, for every model.
 *   <li>The copy of a state, if there is one, is sound and not older than what was acknowledged.
 *   <li>Nothing half done is left, and the link for people agrees.
 * </ol>
 */
final class StoreInvariants {
  /** What was seen on opening. */
  record Observation(
      StoreFacts facts,
      Map<ModelId, ModelState> copies,
      boolean created,
      Map<String, String> damage,
      List<String> others) {

    /** Returns everything that is wrong, in a sentence each. */
    List<String> faults() {
      return Stream.concat(damage.values().stream(), others.stream()).toList();
    }
  }

  private final Path scratch;
  private final StoreOptions options;
  private final Map<String, TestRelease> releases = new HashMap<>();
  private final Map<DiskTree, Observation> observations = new HashMap<>();

  StoreInvariants(Path scratch, StoreOptions options, List<TestRelease> releases) {
    this.scratch = scratch;
    this.options = options;
    releases.forEach(r -> this.releases.put(r.manifest().model() + " " + r.version(), r));
  }

  /** Returns how many different disks were built and opened. */
  int opened() {
    return observations.size();
  }

  /**
   * Returns what is wrong with a disk.
   *
   * @param before what was acknowledged
   * @param after what will be known when the step under way is done
   */
  Optional<String> violation(DiskTree tree, StoreFacts before, StoreFacts after) {
    Observation seen = observations.computeIfAbsent(tree, this::observe);
    List<String> faults = new ArrayList<>(seen.others());
    for (Map.Entry<String, String> damage : seen.damage().entrySet()) {
      if (!before.damaged().contains(damage.getKey())
          && !after.damaged().contains(damage.getKey())) {
        faults.add(damage.getValue());
      }
    }
    if (faults.isEmpty()) {
      compare(seen, before, after, faults);
    }
    return faults.stream().findFirst();
  }

  /** Builds a disk, opens the store on it, and looks. */
  Observation observe(DiskTree tree) {
    Path device = scratch.resolve("device-" + observations.size());
    Path root = device.resolve("models");
    try {
      Files.createDirectories(device);
      tree.writeTo(device);
      Observation observation = look(root, FaultyDisk.counting());
      FileTree.delete(FaultyDisk.counting(), device);
      return observation;
    } catch (IOException e) {
      throw new IllegalStateException("cannot build " + device, e);
    }
  }

  private static Map<ModelId, ModelState> copies(Path root) throws IOException {
    StoreLayout layout = new StoreLayout(root);
    Map<ModelId, ModelState> copies = new TreeMap<>();
    for (ModelId model : new InstalledVersions(layout).models()) {
      if (Files.exists(layout.stateCopy(model))) {
        byte[] bytes = Files.readAllBytes(layout.stateCopy(model));
        copies.put(model, StateCodec.read(model, bytes).orElse(ModelState.none(model)));
      }
    }
    return copies;
  }

  /** Opens a store where it stands, which may repair it, and looks. */
  Observation look(Path root, Disk disk) throws IOException {
    Map<ModelId, ModelState> copies = copies(root);
    List<String> faults = new ArrayList<>();
    try (ModelStore store = ModelStore.open(root, options, disk)) {
      faults.addAll(store.recovery().problems());
      StoreFacts facts = StoreFacts.of(store, root);
      Map<String, String> damage = new TreeMap<>();
      addDamage(store, root, facts, damage, faults);
      addLeftovers(root, facts, faults);
      return new Observation(facts, copies, store.recovery().created(), damage, faults);
    } catch (StoreException e) {
      faults.add("The store does not open: " + e.getMessage());
      return new Observation(StoreFacts.NONE, copies, false, Map.of(), faults);
    }
  }

  private void addDamage(
      ModelStore store,
      Path root,
      StoreFacts facts,
      Map<String, String> damage,
      List<String> faults)
      throws IOException {
    for (StoredModel version : store.list()) {
      addDamage(root, version, damage, faults);
    }
    if (store.list().size() != facts.versions().size()) {
      faults.add("Not every one of " + facts.versions() + " can be read.");
    }
    for (ModelState state : facts.states().values()) {
      Stream.of(state.current(), state.previous())
          .filter(Objects::nonNull)
          .map(version -> state.model() + " " + version)
          .filter(version -> !facts.versions().contains(version))
          .forEach(version -> faults.add("'" + version + "' is needed and not installed."));
    }
    for (Path blob : FileTree.children(new StoreLayout(root).blobs())) {
      if (!String.valueOf(blob.getFileName()).equals("sha256-" + Sha256.of(blob))) {
        damage.put(
            root.relativize(blob).toString(),
            "The blob " + blob.getFileName() + " has other bytes.");
      }
    }
  }

  private void addDamage(
      Path root, StoredModel version, Map<String, String> damage, List<String> faults)
      throws IOException {
    TestRelease release = releases.get(version.model() + " " + version.version());
    if (release == null) {
      faults.add("'" + version.manifest().title() + "' was never published.");
      return;
    }
    Map<String, byte[]> files = new TreeMap<>(release.contents());
    files.put("release.json", release.json());
    files.put("release.sig", release.signature());
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = version.directory().resolve(file.getKey());
      if (!Files.exists(path) || !Arrays.equals(Files.readAllBytes(path), file.getValue())) {
        damage.put(
            root.relativize(path).toString(),
            "'"
                + version.manifest().title()
                + "' is visible, its "
                + file.getKey()
                + " is damaged.");
      }
    }
    for (Path foreign :
        new ForeignFiles(new StoreLayout(root))
            .inVersion(version.directory(), version.manifest())) {
      damage.put(root.relativize(foreign).toString(), foreign + " is foreign.");
    }
  }

  private static void addLeftovers(Path root, StoreFacts facts, List<String> faults)
      throws IOException {
    StoreLayout layout = new StoreLayout(root);
    for (Path directory : List.of(layout.staging(), layout.trash())) {
      if (!FileTree.children(directory).isEmpty()) {
        faults.add(directory.getFileName() + " is not empty.");
      }
    }
    for (Path entry : FileTree.children(layout.quarantine())) {
      if (FileTree.children(entry).size() < 2) {
        faults.add("There is a note alone, or a thing without one, in quarantine.");
      }
    }
    for (ModelId model : new InstalledVersions(layout).models()) {
      for (Path child : FileTree.children(layout.model(model))) {
        if (child.toString().endsWith(".tmp")) {
          faults.add(child.getFileName() + " is left over.");
        }
      }
      addLink(layout.current(model), facts.state(model), faults);
    }
  }

  private static void addLink(Path link, @Nullable ModelState state, List<String> faults)
      throws IOException {
    ModelVersion current = state == null ? null : state.current();
    String target =
        Files.exists(link, LinkOption.NOFOLLOW_LINKS)
            ? Files.readSymbolicLink(link).toString()
            : null;
    if (!Objects.equals(target, current == null ? null : current.toString())) {
      faults.add("The link says " + target + ", active is " + current + ".");
    }
  }

  private static void compare(
      Observation seen, StoreFacts before, StoreFacts after, List<String> faults) {
    if (before.exists() && seen.created()) {
      faults.add("An existing store was created again.");
    }
    Set<ModelId> models = new TreeSet<>(before.states().keySet());
    models.addAll(after.states().keySet());
    models.addAll(seen.facts().states().keySet());
    for (ModelId model : models) {
      ModelState was = before.state(model);
      ModelState becomes = after.state(model);
      requireOneOf("The state", seen.facts().state(model), was, becomes, faults);
      if (seen.copies().containsKey(model)) {
        requireOneOf("The copy", seen.copies().get(model), was, becomes, faults);
      }
    }
    requireBetween(
        "Installed versions", seen.facts().versions(), before.versions(), after.versions(), faults);
    Set<String> blobs = new TreeSet<>(seen.facts().blobs());
    // Garbage may come back until the next collection.
    blobs.retainAll(Stream.of(before, after).flatMap(f -> f.blobs().stream()).toList());
    requireBetween("Blobs", blobs, before.blobs(), after.blobs(), faults);
    Set<String> quarantined = new TreeSet<>(before.quarantined());
    quarantined.retainAll(after.quarantined());
    quarantined.removeAll(seen.facts().quarantined());
    if (!quarantined.isEmpty()) {
      faults.add("No more in quarantine, or without its note: " + quarantined);
    }
    Set<String> keeps = new TreeSet<>(before.keeps());
    keeps.retainAll(after.keeps());
    keeps.removeAll(seen.facts().keeps());
    if (!keeps.isEmpty()) {
      faults.add("Not kept any more: " + keeps);
    }
    Set<String> lost = new TreeSet<>(before.evidence());
    lost.retainAll(after.evidence());
    lost.removeAll(seen.facts().evidence());
    if (!lost.isEmpty()) {
      faults.add("Something damaged is lost: " + lost);
    }
  }

  private static void requireOneOf(
      String what,
      @Nullable ModelState seen,
      @Nullable ModelState was,
      @Nullable ModelState becomes,
      List<String> faults) {
    if (!Objects.equals(seen, was) && !Objects.equals(seen, becomes)) {
      faults.add(what + " is " + seen + ", neither " + was + " nor " + becomes + ".");
    }
  }

  private static void requireBetween(
      String what, Set<String> seen, Set<String> before, Set<String> after, List<String> faults) {
    Set<String> least = new TreeSet<>(before);
    least.retainAll(after);
    Set<String> most = new TreeSet<>(before);
    most.addAll(after);
    if (!seen.containsAll(least) || !most.containsAll(seen)) {
      faults.add(what + " are " + seen + ", acknowledged were " + before + ", due " + after + ".");
    }
  }
}
