package io.edgellm.internal.io.crash;

import java.util.List;

/** What a file system promises about things that nobody forced. */
public interface PersistenceModel {
  /** Returns the model of a file system with a journal of names. */
  static PersistenceModel orderedNames() {
    return new OrderedNames();
  }

  /** Returns the model of a file system that promises nothing. */
  static PersistenceModel noOrder() {
    return new NoOrder();
  }

  /** Returns what of a rename reaches the medium on its own. */
  List<DiskEffect> rename(DiskEffect.Renamed renamed);

  /** Returns whether the later one of two effects is on the medium only if the earlier one is. */
  boolean keepsOrder(DiskEffect earlier, DiskEffect later);
}
