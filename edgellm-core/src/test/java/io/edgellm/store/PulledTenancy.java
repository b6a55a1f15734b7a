package io.edgellm.store;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.mount.MountPlace;
import io.edgellm.internal.io.mount.PullableDisk;
import io.edgellm.model.ModelId;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Programs that live in the store of a disk, one after the other, until its cable is pulled. */
final class PulledTenancy implements AutoCloseable {
  private static final int MOST_LINES = 60;
  private static final int MOST_MICROS = 5000;
  private static final List<ModelId> MODELS =
      List.of(new ModelId("assistant"), new ModelId("translator"));

  private final PullableDisk disk;
  private final StoreTenant.Habit habit;
  private final Path root;
  private final Path shelf;
  private final List<TestRelease> releases;
  private final ModelVerifier verifier;
  private final StoreInvariants invariants;
  private final Random random;
  private TenantProcess next;

  PulledTenancy(PullableDisk disk, MountPlace place, StoreTenant.Habit habit, long seed)
      throws IOException {
    this.disk = disk;
    this.habit = habit;
    root = disk.directory().resolve("models");
    shelf = place.resolve("shelf");
    Publisher publisher = new Publisher(place.resolve("scratch"));
    releases = ReleaseShelf.publish(publisher, MODELS, 4, 60_000);
    verifier = publisher.verifier();
    new ReleaseShelf(shelf).put(releases, publisher.publicKeyPem());
    invariants = new StoreInvariants(place.resolve("unused"), StoreTenant.options(), releases);
    random = new Random(seed);
    next = newTenant();
  }

  /**
   * Lets a program live until the cable is pulled, and plugs it in again.
   *
   * @return what it was promised; empty if the system cannot mount the disk any more
   */
  Optional<TenantPromises> liveUntilCut(StoreFacts before) throws IOException {
    TenantPromises promises = new TenantPromises(before, MODELS);
    try (TenantProcess tenant = next) {
      tenant.letIn();
      // It starts while the other one lives, so that its time is not lost.
      next = newTenant();
      int lines = random.nextInt(MOST_LINES);
      for (int i = 0; i < lines; i++) {
        promises.hear(String.valueOf(tenant.listen()));
      }
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(MOST_MICROS)));
      disk.pull(random);
      tenant.kill();
      for (String line = tenant.listen(); line != null; line = tenant.listen()) {
        promises.hearAfterTheEnd(line);
      }
    }
    return disk.plugIn() ? Optional.of(promises) : Optional.empty();
  }

  private TenantProcess newTenant() throws IOException {
    return TenantProcess.start(root, shelf, random.nextLong(), habit, MODELS);
  }

  @Override
  public void close() throws IOException {
    next.close();
  }

  StoreInvariants.Observation look() throws IOException {
    return invariants.look(root, Disk.local());
  }

  /** Returns the first thing that is not as it was promised. */
  Optional<String> harm(TenantPromises promises) {
    try {
      StoreInvariants.Observation seen = look();
      return Stream.concat(seen.faults().stream(), promises.broken(seen.facts()).stream())
          .findFirst();
    } catch (IOException e) {
      return Optional.of("The store cannot be looked at: " + e);
    }
  }

  /** Returns the files that verification lets through although they are not what was published. */
  List<String> takenForWhole() throws IOException {
    List<String> wrong = new ArrayList<>();
    try (ModelStore store = ModelStore.open(root, StoreTenant.options())) {
      for (TestRelease release : releases) {
        addTakenForWhole(store, release, wrong);
      }
    } catch (StoreException e) {
      // It says so itself.
    }
    return wrong;
  }

  private void addTakenForWhole(ModelStore store, TestRelease release, List<String> wrong)
      throws IOException {
    try (Lease lease = store.lease(release.manifest().model(), release.version())) {
      if (lease.verify(verifier) instanceof Verdict.Verified) {
        for (Map.Entry<String, byte[]> file : release.contents().entrySet()) {
          Path path = lease.directory().resolve(file.getKey());
          if (!Arrays.equals(Files.readAllBytes(path), file.getValue())) {
            wrong.add(path.toString());
          }
        }
      }
    } catch (StoreException e) {
      // It says so itself.
    }
  }
}
