package io.edgellm.internal.io.crash;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * What is surely on the medium at one moment, and what may be: effects that nothing has forced, of
 * which the model allows every subset that holds with each effect also those that it follows.
 */
final class Unforced {
  /** So many effects are combined in every way; of more, the newest are. */
  private static final int WINDOW = 4;

  private static final int SAMPLES = 8;

  private final PersistenceModel model;
  private final DiskImage durable;
  private final List<DiskEffect> pending = new ArrayList<>();
  private final List<BitSet> follows = new ArrayList<>();

  Unforced(PersistenceModel model, DiskImage durable) {
    this.model = model;
    this.durable = durable;
  }

  void add(DiskEffect effect) {
    BitSet followed = new BitSet();
    for (int i = 0; i < pending.size(); i++) {
      if (model.keepsOrder(pending.get(i), effect)) {
        followed.set(i);
      }
    }
    pending.add(effect);
    follows.add(followed);
  }

  /** Makes durable what touches a file or directory, and what that follows. */
  void force(Inode inode) {
    BitSet forced = new BitSet();
    for (int i = pending.size() - 1; i >= 0; i--) {
      if (pending.get(i).touches().contains(inode)) {
        forced.set(i);
      }
      if (forced.get(i)) {
        forced.or(follows.get(i));
      }
    }
    List<DiskEffect> effects = List.copyOf(pending);
    pending.clear();
    follows.clear();
    for (int i = 0; i < effects.size(); i++) {
      if (forced.get(i)) {
        effects.get(i).apply(durable);
      } else {
        add(effects.get(i));
      }
    }
  }

  boolean isExhaustive() {
    return pending.size() <= WINDOW;
  }

  /**
   * Returns trees of subsets that hold at least one of the newest effects: all of them, or, if
   * there are too many effects, those that deviate in one from all or from nothing, those that
   * combine the newest in every way, and some by chance.
   *
   * @param newest how many effects are new; with 0 all subsets count
   */
  Set<DiskTree> trees(int newest, Random random) {
    Set<BitSet> subsets = new LinkedHashSet<>();
    if (isExhaustive()) {
      addCombinations(0, new BitSet(), subsets);
    } else {
      addDeviations(subsets);
      int from = pending.size() - WINDOW;
      addCombinations(from, new BitSet(), subsets);
      addCombinations(from, range(0, from), subsets);
      addSamples(random, subsets);
    }
    Set<DiskTree> trees = new LinkedHashSet<>();
    BitSet news = range(pending.size() - newest, pending.size());
    for (BitSet subset : subsets) {
      if (newest == 0 || subset.intersects(news)) {
        trees.addAll(image(subset).trees());
      }
    }
    return trees;
  }

  private void addCombinations(int from, BitSet older, Set<BitSet> subsets) {
    for (long mask = 0; mask < 1L << (pending.size() - from); mask++) {
      BitSet subset = (BitSet) older.clone();
      for (int i = from; i < pending.size(); i++) {
        subset.set(i, (mask >> (i - from) & 1) == 1);
      }
      subsets.add(allowed(subset));
    }
  }

  private void addDeviations(Set<BitSet> subsets) {
    for (int i = 0; i < pending.size(); i++) {
      BitSet allButOne = range(0, pending.size());
      allButOne.clear(i);
      subsets.add(allowed(allButOne));
      BitSet one = (BitSet) follows.get(i).clone();
      one.set(i);
      subsets.add(one);
    }
  }

  private void addSamples(Random random, Set<BitSet> subsets) {
    for (int sample = 0; sample < SAMPLES; sample++) {
      BitSet subset = new BitSet();
      for (int i = 0; i < pending.size(); i++) {
        subset.set(i, random.nextBoolean());
      }
      subsets.add(allowed(subset));
    }
  }

  private static BitSet range(int from, int to) {
    BitSet range = new BitSet();
    range.set(from, to);
    return range;
  }

  /** Returns the largest subset of a subset that the model allows. */
  private BitSet allowed(BitSet wanted) {
    BitSet allowed = new BitSet();
    for (int i = wanted.nextSetBit(0); i >= 0; i = wanted.nextSetBit(i + 1)) {
      BitSet missing = (BitSet) follows.get(i).clone();
      missing.andNot(allowed);
      allowed.set(i, missing.isEmpty());
    }
    return allowed;
  }

  private DiskImage image(BitSet subset) {
    DiskImage image = durable.copy();
    subset.stream().forEach(i -> pending.get(i).apply(image));
    return image;
  }
}
