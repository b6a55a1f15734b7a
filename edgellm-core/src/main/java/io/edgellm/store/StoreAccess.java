package io.edgellm.store;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.ProcessLocks;
import java.io.IOException;
import java.time.Instant;

/**
 * What every part of a store works with.
 *
 * @param layout where everything stands
 * @param disk how it is changed
 * @param locks who may change it
 * @param options how the host wants it
 */
record StoreAccess(StoreLayout layout, Disk disk, ProcessLocks locks, StoreOptions options) {

  Instant now() {
    return options.clock().instant();
  }

  /** Something that is done on the disk. */
  interface Work<T> {
    T run() throws IOException;
  }

  /** Does something under the lock under which names in the store appear, change and go. */
  <T> T underStoreLock(Work<T> work) throws IOException {
    ProcessLocks.Held lock =
        locks.exclusive(StoreLayout.storeLock(), options.lockWait()).orElseThrow(this::busy);
    try {
      return work.run();
    } finally {
      lock.close();
    }
  }

  private StoreException busy() {
    return new StoreException(
        StoreException.Reason.BUSY,
        "Another thread or process has been changing the store for more than "
            + options.lockWait()
            + ": wait until it is done and call again, or end that process.",
        layout.root().toString());
  }
}
