package io.edgellm.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.internal.io.crash.CrashState;
import io.edgellm.internal.io.crash.CrashStates;
import io.edgellm.internal.io.crash.DiskLog;
import io.edgellm.internal.io.crash.ForceSite;
import io.edgellm.internal.io.crash.MemoryDirectory;
import io.edgellm.internal.io.crash.PersistenceModel;
import io.edgellm.model.ModelId;
import io.edgellm.model.Sha256;
import io.edgellm.trust.ModelVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goes through the states in which a power cut may leave the disk under a store, and shows that
 * none of the calls of force could be left out.
 */
class PowerCutTest {
  private static final long SEED = 20260101;
  private static final Instant LATER = Instant.parse("2100-01-01T00:00:00Z");
  private static final StoreOptions OPTIONS =
      StoreOptions.defaults()
          .withReserveBytes(0)
          .withGrace(Duration.ofDays(7))
          .withClock(() -> LATER);
  private static final List<PersistenceModel> MODELS =
      List.of(PersistenceModel.orderedNames(), PersistenceModel.noOrder());
  private static final Pattern LINKED =
      Pattern.compile(".*(staging/[-0-9a-f]{36}(/weights/0[.]data)?|/content)");
  private static final ModelId OTHER = new ModelId("translator");

  private final Path directory;
  private final ModelVerifier verifier;
  private final StoreInvariants invariants;
  private final List<StoreLife.Step> steps;
  private final List<StoreLife.Step> healing;
  private final List<StoreLife.Step> adoptions;

  PowerCutTest(@TempDir(factory = MemoryDirectory.class) Path directory) throws IOException {
    this.directory = directory.toRealPath();
    Publisher publisher = new Publisher(directory.resolve("scratch"));
    verifier = publisher.verifier();
    TestRelease one = release(publisher, TestRelease.MODEL, "1.0.0");
    TestRelease two = release(publisher, TestRelease.MODEL, "2.0.0");
    TestRelease three = release(publisher, TestRelease.MODEL, "3.0.0");
    TestRelease other = release(publisher, OTHER, "1.0.0");
    invariants =
        new StoreInvariants(directory.resolve("rebuilt"), OPTIONS, List.of(one, two, three, other));
    steps =
        List.of(
            StoreLife.fetch(one, "tokenizer.json"),
            StoreLife.fetch(one, "weights/0.data"),
            StoreLife.install(one),
            StoreLife.activate(one),
            StoreLife.chargeAttempt(TestRelease.MODEL),
            StoreLife.markHealthy(one),
            StoreLife.fetch(other, "weights/0.data"),
            StoreLife.install(other),
            StoreLife.activate(other),
            StoreLife.fetch(two, "weights/0.data"),
            StoreLife.dieInstalling(two),
            StoreLife.install(two),
            StoreLife.activate(two),
            StoreLife.markHealthy(two),
            StoreLife.fetch(three, "weights/0.data"),
            StoreLife.install(three),
            StoreLife.activate(three),
            StoreLife.rollBack(TestRelease.MODEL),
            StoreLife.pin(one),
            StoreLife.collectGarbage(),
            StoreLife.unpin(one),
            StoreLife.remove(one));
    String version = "assistant/1.0.0/";
    String blob = ".edgellm/blobs/sha256-" + Sha256.of(one.contentOf("weights/0.data"));
    healing =
        List.of(
            StoreLife.fetch(one, "tokenizer.json"),
            StoreLife.fetch(one, "weights/0.data"),
            StoreLife.install(one),
            StoreLife.activate(one),
            StoreLife.markFactory(one),
            StoreLife.exchange(version + "weights/0.data"),
            StoreLife.repair(),
            StoreLife.exchange(blob),
            StoreLife.repair(),
            StoreLife.lose(version + "weights/0.data"),
            StoreLife.repair(),
            StoreLife.lose(blob),
            StoreLife.repair(),
            StoreLife.flip(version + "weights/0.data"),
            StoreLife.flip(blob),
            StoreLife.repair(),
            StoreLife.fetch(one, "weights/0.data"),
            StoreLife.repair(),
            StoreLife.exchange(version + "release.sig"),
            StoreLife.repair(one),
            StoreLife.exchange(version + "foreign"),
            StoreLife.repair(),
            StoreLife.flip("assistant/state.json"),
            StoreLife.repair(),
            StoreLife.resetToFactory(TestRelease.MODEL),
            StoreLife.discardQuarantine());
    adoptions =
        List.of(
            StoreLife.writeForeign(one),
            StoreLife.adopt(one, AdoptionOptions.Linking.OWN_FILES),
            StoreLife.writeForeign(two),
            StoreLife.install(one),
            StoreLife.adopt(two, AdoptionOptions.Linking.NEVER),
            StoreLife.install(two));
  }

  /** One file is the same in every version, the other lies in a directory of its own. */
  private static TestRelease release(Publisher publisher, ModelId model, String version)
      throws IOException {
    Map<String, byte[]> files = new TreeMap<>(TestRelease.files(model + version));
    files.remove("model.onnx");
    files.put("weights/0.data", files.remove("weights/block-0.data"));
    return publisher.sign(TestRelease.manifest(model, version, 0, files), files);
  }

  private StoreLife.Recorded wholeLife() throws IOException {
    return live(StoreFacts.NONE, newDevice(), steps, path -> false);
  }

  /** Neither the copy of the state can be written, nor a file be linked, which is then copied. */
  private StoreLife.Recorded hardLife() throws IOException {
    return live(
        StoreFacts.NONE,
        newDevice(),
        steps.subList(0, 4),
        path -> path.endsWith("state.bak.tmp") || path.endsWith("weights/0.data"));
  }

  /** The files of two releases are there before the store has them: one is linked, one copied. */
  private StoreLife.Recorded adoptingLife() throws IOException {
    return live(StoreFacts.NONE, newDevice(), adoptions, path -> false);
  }

  /** Everything that is ever damaged is healed. */
  private StoreLife.Recorded healedLife() throws IOException {
    return live(StoreFacts.NONE, newDevice(), healing, path -> false);
  }

  /** So it is where files are copied. */
  private StoreLife.Recorded healedCopies() throws IOException {
    return live(StoreFacts.NONE, newDevice(), healing, path -> LINKED.matcher(path).matches());
  }

  private StoreLife.Recorded live(
      StoreFacts before, Path device, List<StoreLife.Step> taken, Predicate<String> refused)
      throws IOException {
    return StoreLife.record(device, before, OPTIONS, verifier, refused, taken);
  }

  private Path newDevice() throws IOException {
    return Files.createTempDirectory(directory, "device-");
  }

  @Test
  void everyStateAfterAPowerCutIsSound() throws IOException {
    for (PersistenceModel model : MODELS) {
      requireSound(wholeLife(), model);
      requireSound(hardLife(), model);
      requireSound(healedLife(), model);
      requireSound(adoptingLife(), model);
    }
    // Without hard links a thing is renamed away, which only an ordered disk keeps whole.
    requireSound(healedCopies(), MODELS.get(0));
  }

  private void requireSound(StoreLife.Recorded life, PersistenceModel model) {
    CrashStates states = new CrashStates(life.log(), model, SEED);
    List<CrashState> all = states.all();
    for (CrashState state : all) {
      assertThat(violation(life, state)).as("%s, seed %d", model, SEED).isEmpty();
    }
    System.out.printf(
        "%s: %d operations, %d states (%d of %d moments sampled, seed %d), no violation%n",
        model, life.log().size(), all.size(), states.sampledMoments(), states.moments(), SEED);
  }

  @Test
  void aSecondPowerCutAfterOneDuringCreationIsSurvivedToo() throws IOException {
    StoreLife.Recorded creation = live(StoreFacts.NONE, newDevice(), List.of(), path -> false);
    int states = 0;
    for (CrashState first : new CrashStates(creation.log(), MODELS.get(1), SEED).all()) {
      Path device = newDevice();
      first.tree().writeTo(device);
      StoreLife.Recorded next =
          live(creation.facts().get(0), device, steps.subList(0, 1), path -> false);
      for (CrashState second : new CrashStates(next.log(), MODELS.get(1), SEED).all()) {
        assertThat(violation(next, second)).as("after %s, seed %d", first, SEED).isEmpty();
        states++;
      }
    }
    System.out.printf("%d states after a second power cut, no violation%n", states);
  }

  @Test
  void everyForceIsNeeded() throws IOException {
    List<StoreLife.Recorded> lives = List.of(wholeLife(), hardLife(), adoptingLife(), healedLife());
    Set<ForceSite> sites = new LinkedHashSet<>();
    lives.forEach(life -> sites.addAll(life.log().forceSites(StorePlaces::of)));
    List<ForceSite> needless = new ArrayList<>();
    for (ForceSite site : sites) {
      Optional<String> caught = lives.stream().flatMap(life -> caught(site, life)).findFirst();
      System.out.printf("without force of %s: %s%n", site, caught.orElse("no violation"));
      if (caught.isEmpty()) {
        needless.add(site);
      }
    }
    System.out.printf(
        "%d of %d omissions caught, %d disks opened%n",
        sites.size() - needless.size(), sites.size(), invariants.opened());
    assertThat(needless).as("seed %d", SEED).isEmpty();
  }

  private Stream<String> caught(ForceSite site, StoreLife.Recorded life) {
    DiskLog without = life.log().without(site, StorePlaces::of);
    if (without.equals(life.log())) {
      return Stream.empty();
    }
    return MODELS.stream()
        .flatMap(
            model ->
                new CrashStates(without, model, SEED)
                    .firstOf(state -> violation(life, state)).stream()
                        .map(fault -> model + ", " + fault));
  }

  private Optional<String> violation(StoreLife.Recorded life, CrashState state) {
    List<StoreFacts> facts = life.facts();
    int underWay = Math.min(state.acknowledged() + 1, facts.size() - 1);
    return invariants
        .violation(state.tree(), facts.get(state.acknowledged()), facts.get(underWay))
        .map(fault -> "after operation " + state.operation() + ": " + fault);
  }
}
