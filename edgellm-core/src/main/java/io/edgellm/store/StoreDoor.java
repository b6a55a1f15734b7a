package io.edgellm.store;

import java.io.IOException;

/** Through which every call comes in: it must be open, and for a change, one that can be made. */
final class StoreDoor {
  private final StoreAccess access;
  private volatile boolean closed;

  StoreDoor(StoreAccess access) {
    this.access = access;
  }

  /** Does something that changes nothing. */
  <T> T reading(String activity, StoreAccess.Work<T> work) {
    requireOpen();
    try {
      return work.run();
    } catch (IOException e) {
      throw StoreException.of(e, activity, access.layout().root());
    }
  }

  /** Does something that may change the store. */
  <T> T changing(String activity, StoreAccess.Work<T> work) {
    return reading(
        activity,
        () -> {
          access.requireWritable(activity);
          return work.run();
        });
  }

  private void requireOpen() {
    if (closed) {
      throw new StoreException(
          StoreException.Reason.CLOSED,
          "The store is closed: open it again.",
          access.layout().root().toString());
    }
  }

  void close() {
    closed = true;
    try {
      access.close();
    } catch (IOException e) {
      throw StoreException.of(e, "closing the store", access.layout().root());
    }
  }
}
