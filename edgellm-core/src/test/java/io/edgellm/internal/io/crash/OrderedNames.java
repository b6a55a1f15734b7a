package io.edgellm.internal.io.crash;

import java.util.Collections;
import java.util.List;

/**
 * A journal of names, as ext4 in its usual mode has it, or weaker: what happens in one directory
 * arrives in order, a rename arrives whole, and the bytes of files arrive when they like.
 */
final class OrderedNames implements PersistenceModel {
  @Override
  public List<DiskEffect> rename(DiskEffect.Renamed renamed) {
    return List.of(renamed);
  }

  @Override
  public boolean keepsOrder(DiskEffect earlier, DiskEffect later) {
    return isAboutNames(earlier)
        && isAboutNames(later)
        && !Collections.disjoint(earlier.touches(), later.touches());
  }

  private static boolean isAboutNames(DiskEffect effect) {
    return !(effect instanceof DiskEffect.Bytes || effect instanceof DiskEffect.Emptied);
  }

  @Override
  public String toString() {
    return "names in order";
  }
}
