package io.edgellm.internal.io.crash;

import java.util.List;

/**
 * No promise at all, as a file system without a journal makes: whatever was not forced is there or
 * not, each for itself, and a rename may arrive half.
 */
final class NoOrder implements PersistenceModel {
  @Override
  public List<DiskEffect> rename(DiskEffect.Renamed renamed) {
    return List.of(renamed.appears(), renamed.goes());
  }

  @Override
  public boolean keepsOrder(DiskEffect earlier, DiskEffect later) {
    return false;
  }

  @Override
  public String toString() {
    return "no order";
  }
}
