package io.edgellm.store;

import io.edgellm.internal.io.ProcessLocks;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import java.io.IOException;

/** Takes leases. */
final class Leasing {
  private final StoreAccess access;
  private final InstalledVersions installed;

  Leasing(StoreAccess access, InstalledVersions installed) {
    this.access = access;
    this.installed = installed;
  }

  /**
   * Leases what is active. Between reading the state and having the lock another version may have
   * become active, and the first one may even be gone: hence the state is read again.
   */
  Lease current(ModelId model, StateFile states) throws IOException {
    while (true) {
      ModelVersion version = active(states.read(model));
      ProcessLocks.Held lock = share(model, version);
      try {
        if (version.equals(states.read(model).current())) {
          return new Lease(installed.require(model, version), lock);
        }
      } catch (Throwable e) {
        lock.close();
        throw e;
      }
      lock.close();
    }
  }

  private static ModelVersion active(ModelState state) {
    if (state.current() == null) {
      throw new StoreException(
          StoreException.Reason.NOT_INSTALLED,
          "No version of '" + state.model() + "' is active: install and activate one.",
          state.model().value());
    }
    return state.current();
  }

  /** Leases a version; whether it is there is looked up under the lock. */
  Lease of(ModelId model, ModelVersion version) throws IOException {
    ProcessLocks.Held lock = share(model, version);
    try {
      return new Lease(installed.require(model, version), lock);
    } catch (Throwable e) {
      lock.close();
      throw e;
    }
  }

  private ProcessLocks.Held share(ModelId model, ModelVersion version) throws IOException {
    return access
        .locks()
        .shared(StoreLayout.leaseLock(model, version), access.options().lockWait())
        .orElseThrow(
            () ->
                new StoreException(
                    StoreException.Reason.BUSY,
                    "'" + model + " " + version + "' is just being removed: call again.",
                    model + "/" + version));
  }
}
