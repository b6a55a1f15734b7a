package io.edgellm.store;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.FaultyDisk;
import io.edgellm.model.ModelId;
import io.edgellm.trust.ModelVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A program that lives in a store until it is killed: for each of its models a thread takes one
 * random step after the other, and says before and after each what is to be and what is.
 *
 * <p>No two tenants of one store have a model in common, so that each knows the state of its own.
 * Everything else they share: files, locks, garbage.
 */
public final class StoreTenant {
  /** What a tenant does beside its steps. */
  enum Habit {
    /** Nothing. */
    PLAIN,
    /** It collects garbage now and then. */
    TIDY,
    /** It verifies what is active all the time, as a host does that loads it. */
    WATCHFUL,
    /** It forces nothing to the medium: the control of an experiment. */
    CARELESS
  }

  private StoreTenant() {}

  /** Arguments: the root of the store, the shelf with the releases, seed, habit, models. */
  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]);
    ReleaseShelf shelf = new ReleaseShelf(Path.of(args[1]));
    long seed = Long.parseLong(args[2]);
    Habit habit = Habit.valueOf(args[3]);
    ModelVerifier verifier = shelf.verifier();
    List<ModelId> models = new ArrayList<>();
    List<List<TestRelease>> releases = new ArrayList<>();
    for (int i = 4; i < args.length; i++) {
      models.add(new ModelId(args[i]));
      releases.add(shelf.of(models.get(i - 4)));
    }
    TenantVoice voice = new TenantVoice(System.out);
    voice.ready();
    if (System.in.read() < 0) {
      return;
    }
    ModelStore store = open(root, habit);
    for (int i = 0; i < models.size(); i++) {
      TenantLife life =
          new TenantLife(
              store,
              verifier,
              models.get(i),
              releases.get(i),
              new Random(seed + i),
              voice,
              habit == Habit.TIDY);
      new Thread(life::live, "life of " + models.get(i)).start();
      if (habit == Habit.WATCHFUL) {
        new Thread(life::watch, "watch over " + models.get(i)).start();
      }
    }
  }

  private static ModelStore open(Path root, Habit habit) {
    Disk disk = habit == Habit.CARELESS ? FaultyDisk.counting() : Disk.local();
    return ModelStore.open(root, options(), disk);
  }

  static StoreOptions options() {
    return StoreOptions.defaults()
        .withReserveBytes(0)
        .withGrace(Duration.ZERO)
        .withPartialExpiry(Duration.ofDays(1));
  }
}
