package io.edgellm.internal.io.crash;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;

/**
 * Every state that a disk may be in after a power cut between any two operations of a log, once per
 * number of acknowledged steps.
 *
 * <p>A moment at which few effects are unforced is gone through completely. Of the others a part is
 * taken, the same for the same seed; {@link #sampledMoments} tells how many those were.
 */
public final class CrashStates {
  private final DiskLog log;
  private final PersistenceModel model;
  private final long seed;
  private int moments;
  private int sampledMoments;

  /** Prepares to go through the states of a log. */
  public CrashStates(DiskLog log, PersistenceModel model, long seed) {
    this.log = log;
    this.model = model;
    this.seed = seed;
  }

  /** Returns the moments gone through last that had more than one possible outcome to build. */
  public int moments() {
    return moments;
  }

  /** Returns at how many of those not every state was built. */
  public int sampledMoments() {
    return sampledMoments;
  }

  /** Returns all states. */
  public List<CrashState> all() {
    List<CrashState> all = new ArrayList<>();
    Optional<Boolean> none =
        firstOf(
            state -> {
              all.add(state);
              return Optional.empty();
            });
    assert none.isEmpty();
    return all;
  }

  /** Goes through the states until something is found in one. */
  public <T> Optional<T> firstOf(Function<CrashState, Optional<T>> finding) {
    moments = 0;
    sampledMoments = 0;
    Random random = new Random(seed);
    EffectReader reader = new EffectReader(model, log.before());
    Unforced unforced = new Unforced(model, reader.live().copy());
    Set<CrashState> seen = new LinkedHashSet<>();
    int acknowledged = 0;
    Optional<T> found = look(unforced, 0, 0, acknowledged, random, seen, finding);
    for (int i = 0; i < log.operations().size() && found.isEmpty(); i++) {
      DiskOperation operation = log.operations().get(i);
      // A force takes states away and adds none.
      if (operation instanceof DiskOperation.Forced forced) {
        unforced.force(reader.live().inode(forced.path()));
      } else if (operation instanceof DiskOperation.DirectoryForced forced) {
        unforced.force(reader.live().inode(forced.path()));
      } else if (operation instanceof DiskOperation.Acknowledged) {
        acknowledged++;
        found = look(unforced, 0, i + 1, acknowledged, random, seen, finding);
      } else {
        List<DiskEffect> effects = reader.next(operation);
        effects.forEach(unforced::add);
        found = look(unforced, effects.size(), i + 1, acknowledged, random, seen, finding);
      }
    }
    return found;
  }

  private <T> Optional<T> look(
      Unforced unforced,
      int newest,
      int operation,
      int acknowledged,
      Random random,
      Set<CrashState> seen,
      Function<CrashState, Optional<T>> finding) {
    moments++;
    sampledMoments += unforced.isExhaustive() ? 0 : 1;
    for (DiskTree tree : unforced.trees(newest, random)) {
      if (seen.add(new CrashState(0, acknowledged, tree))) {
        Optional<T> found = finding.apply(new CrashState(operation, acknowledged, tree));
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }
}
