package io.edgellm.trust.tuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.edgellm.internal.io.FaultyDisk;
import io.edgellm.internal.io.crash.CrashState;
import io.edgellm.internal.io.crash.CrashStates;
import io.edgellm.internal.io.crash.DiskLog;
import io.edgellm.internal.io.crash.DiskOperation;
import io.edgellm.internal.io.crash.DiskTree;
import io.edgellm.internal.io.crash.ForceSite;
import io.edgellm.internal.io.crash.MemoryDirectory;
import io.edgellm.internal.io.crash.PersistenceModel;
import io.edgellm.trust.tuf.TufLife.Facts;
import io.edgellm.trust.tuf.TufLife.Served;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goes through the states in which a power cut may leave the disk under a client: at its first
 * refresh, later ones, a download, and a rotation of keys that clears its marks. Shows that none of
 * the calls of force could be left out, but those that another one makes good.
 */
class TufPowerCutTest {
  private static final long SEED = 20300601;
  private static final List<PersistenceModel> MODELS =
      List.of(PersistenceModel.orderedNames(), PersistenceModel.noOrder());

  /** Each of these is followed by another file in the same directory before the call returns. */
  private static final String FORCED_AGAIN =
      "directory tuf \\(gets (root|timestamp|snapshot)\\.json\\)";

  private final Path directory;
  private final TufLife.Recorded life;
  private final Map<CrashState, Optional<String>> opened = new HashMap<>();

  TufPowerCutTest(@TempDir(factory = MemoryDirectory.class) Path directory) throws IOException {
    this.directory = directory.toRealPath();
    life = TufLife.record(newDevice());
  }

  /** Gives all files of the chain of roots one name. */
  private static String place(String path) {
    return path.replaceAll("\\d+\\.root", "N.root");
  }

  private Path newDevice() throws IOException {
    return Files.createTempDirectory(directory, "device-");
  }

  @Test
  void everyStateAfterAPowerCutIsSound() {
    for (PersistenceModel model : MODELS) {
      CrashStates states = new CrashStates(life.log(), model, SEED);
      assertThat(damage(life.log(), states)).as("%s, seed %d", model, SEED).isEmpty();
      assertThat(states.firstOf(this::onOpening)).as("%s, seed %d", model, SEED).isEmpty();
      System.out.printf(
          "%s: %d operations, %d moments, %d sampled, %d different disks, seed %d%n",
          model, life.log().size(), states.moments(), states.sampledMoments(), opened.size(), SEED);
    }
  }

  @Test
  void everyForceIsNeeded() {
    List<ForceSite> needless = new ArrayList<>();
    for (ForceSite site : life.log().forceSites(TufPowerCutTest::place)) {
      DiskLog without = life.log().without(site, TufPowerCutTest::place);
      Optional<String> caught =
          damage(without, new CrashStates(without, PersistenceModel.noOrder(), SEED));
      System.out.printf("without force of %s: %s%n", site, caught.orElse("no violation"));
      if (caught.isEmpty()) {
        needless.add(site);
      }
    }
    assertThat(needless).as("seed %d", SEED).allMatch(site -> site.name().matches(FORCED_AGAIN));
  }

  @Test
  void reportsAFullDiskAndGoesOnOnceThereIsRoom() throws IOException {
    Facts old = life.facts().get(3);
    Facts now = life.facts().get(life.facts().size() - 1);
    int operations = operationsOf(old, now.served());
    assertThat(operations).isGreaterThan(20);
    for (int n = 1; n <= operations; n++) {
      Path device = newDevice();
      old.tree().writeTo(device);
      FaultyDisk full = FaultyDisk.failing(n, FaultyDisk.When.BEFORE);

      Throwable failure = catchThrowable(() -> now.served().client(full, device).refresh());

      assertThat(failure)
          .as("operation " + n)
          .isInstanceOfSatisfying(
              TufException.class, e -> assertThat(e.reason()).isEqualTo(TufException.Reason.IO));
      assertThat(now.served().client(FaultyDisk.counting(), device).refresh())
          .isEqualTo(now.versions().orElseThrow());
    }
  }

  private int operationsOf(Facts old, Served next) throws IOException {
    Path device = newDevice();
    old.tree().writeTo(device);
    FaultyDisk counting = FaultyDisk.counting();
    next.client(counting, device).refresh();
    return counting.operations();
  }

  private Optional<String> damage(DiskLog log, CrashStates states) {
    Set<Integer> acknowledgements = new HashSet<>();
    for (int i = 0; i < log.operations().size(); i++) {
      if (log.operations().get(i) instanceof DiskOperation.Acknowledged) {
        acknowledgements.add(i + 1);
      }
    }
    return states.firstOf(
        state ->
            damage(state, acknowledgements.contains(state.operation()))
                .map(fault -> "after operation " + state.operation() + ": " + fault));
  }

  /** Looks at the files only. */
  private Optional<String> damage(CrashState state, boolean nothingUnderWay) {
    Facts before = before(state);
    if (nothingUnderWay && !state.tree().equals(before.tree())) {
      return Optional.of("what was acknowledged is not on the disk");
    }
    DiskTree.Node installed = state.tree().nodes().get("here");
    return Objects.equals(installed, before.installed())
            || Objects.equals(installed, after(state).installed())
        ? Optional.empty()
        : Optional.of("the target is neither the old nor the new one");
  }

  private Facts before(CrashState state) {
    return life.facts().get(state.acknowledged());
  }

  private Facts after(CrashState state) {
    return life.facts().get(Math.min(state.acknowledged() + 1, life.facts().size() - 1));
  }

  /** Starts clients on the disk, once for equal disks. */
  private Optional<String> onOpening(CrashState state) {
    return opened.computeIfAbsent(
        new CrashState(0, state.acknowledged(), state.tree()),
        s -> onOpening(s, before(s), after(s)));
  }

  private Optional<String> onOpening(CrashState state, Facts before, Facts after) {
    try {
      return notRecovered(state.tree(), after)
          .or(() -> rolledBack(state))
          .or(() -> resumedTooOld(state.tree(), before));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path built(DiskTree tree) throws IOException {
    Path device = newDevice();
    tree.writeTo(device);
    return device;
  }

  /** The next start must reach the present state, target included. */
  private Optional<String> notRecovered(DiskTree tree, Facts now) throws IOException {
    if (now.versions().isEmpty()) {
      return Optional.empty();
    }
    Path device = built(tree);
    TufClient client = now.served().client(FaultyDisk.counting(), device);
    TufVersions versions = client.refresh();
    if (!versions.equals(now.versions().get())) {
      return Optional.of("a refresh reaches " + versions);
    }
    byte[] current = now.served().targets().get(TufLife.TARGET);
    if (current != null) {
      client.download(client.findTarget(TufLife.TARGET).orElseThrow(), device.resolve("here"));
      if (!Arrays.equals(Files.readAllBytes(device.resolve("here")), current)) {
        return Optional.of("a download does not install the current target");
      }
    }
    return Optional.empty();
  }

  /** What an acknowledged refresh left behind must not be offered again. */
  private Optional<String> rolledBack(CrashState state) {
    Optional<TufVersions> acknowledged = life.facts().get(state.acknowledged()).versions();
    for (int past = state.acknowledged() - 1; past > 0; past--) {
      Facts offered = life.facts().get(past);
      if (!offered.versions().equals(acknowledged)) {
        Throwable failure = catchThrowable(() -> refresh(offered.served(), built(state.tree())));
        return failure instanceof TufException
            ? Optional.empty()
            : Optional.of("it goes back to " + offered.versions() + " (" + failure + ")");
      }
    }
    return Optional.empty();
  }

  private static void refresh(Served served, Path device) {
    served.client(FaultyDisk.counting(), device).refresh();
  }

  /** Without a network, the state is the acknowledged one or a later one, or none. */
  private Optional<String> resumedTooOld(DiskTree tree, Facts acknowledged) {
    if (acknowledged.versions().isEmpty()) {
      return Optional.empty();
    }
    try {
      TufVersions known = acknowledged.versions().get();
      TufVersions resumed =
          acknowledged.served().client(FaultyDisk.counting(), built(tree)).resume(Duration.ZERO);
      boolean older = resumed.root() < known.root() || resumed.snapshot() < known.snapshot();
      return older ? Optional.of("it resumes " + resumed) : Optional.empty();
    } catch (TufException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
