package io.edgellm.rollout;

import io.edgellm.llm.LoadedModel;
import io.edgellm.llm.ModelRuntime;
import io.edgellm.model.Sha256;
import io.edgellm.rollout.device.Release;
import io.edgellm.store.Lease;
import io.edgellm.store.ModelState;
import io.edgellm.store.ModelStore;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.TrustException;
import io.edgellm.trust.VerifiedModel;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The releases that this process has verified, leased and perhaps loaded. Not thread-safe. */
final class ResidentModels implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ResidentModels.class);

  private final ModelStore store;
  private final ModelVerifier verifier;
  private final ModelRuntime runtime;
  private final Duration drainTimeout;
  private final Map<Sha256, Resident> residents = new HashMap<>();

  private static final class Resident {
    final Lease lease;
    final VerifiedModel verified;
    @Nullable LoadedModel loaded;

    Resident(Lease lease, VerifiedModel verified) {
      this.lease = lease;
      this.verified = verified;
    }
  }

  ResidentModels(
      ModelStore store, ModelVerifier verifier, ModelRuntime runtime, Duration drainTimeout) {
    this.store = store;
    this.verifier = verifier;
    this.runtime = runtime;
    this.drainTimeout = drainTimeout;
  }

  /** Leases a release and checks every byte of it, once per stay. */
  VerifiedModel verified(Release release) {
    return resident(release).verified;
  }

  private Resident resident(Release release) {
    Resident known = residents.get(release.digest());
    if (known != null) {
      return known;
    }
    Lease lease = store.lease(release.model(), release.version());
    try {
      VerifiedModel verified = lease.verify(verifier).orElseThrow();
      requireSame(release, verified);
      Resident resident = new Resident(lease, verified);
      residents.put(release.digest(), resident);
      return resident;
    } catch (RuntimeException e) {
      lease.close();
      throw e;
    }
  }

  private static void requireSame(Release release, VerifiedModel verified) {
    if (!Release.of(verified.manifest()).is(release)) {
      throw new TrustException(
          TrustException.Reason.MISMATCH,
          "What is installed as "
              + release.title()
              + " is another release of that name: remove it, and offer the release again.",
          verified.directory().toString());
    }
  }

  /**
   * Requires that a release is current now, unless it is active here or what a failure goes back
   * to. It may have been verified some time ago.
   */
  void requireCurrent(Release release) {
    ModelState state = store.state(release.model());
    if (!release.version().equals(state.current()) && !release.version().equals(state.previous())) {
      verified(release).requireAdmitted();
    }
  }

  LoadedModel loaded(Release release) {
    Resident resident = resident(release);
    LoadedModel loaded = resident.loaded;
    if (loaded == null) {
      loaded = runtime.load(resident.verified);
      resident.loaded = loaded;
    }
    return loaded;
  }

  void serve(Release release) {
    runtime.serve(loaded(release));
  }

  /** Returns the model of a release if it is in memory. */
  Optional<LoadedModel> inMemory(Release release) {
    return Optional.ofNullable(residents.get(release.digest())).map(resident -> resident.loaded);
  }

  /** Waits for its requests, frees its memory and ends its lease. */
  void unload(Release release) {
    Resident resident = residents.get(release.digest());
    if (resident == null || isServing(resident)) {
      return;
    }
    residents.remove(release.digest());
    free(resident);
  }

  private void free(Resident resident) {
    try {
      if (resident.loaded != null) {
        runtime.unload(resident.loaded, drainTimeout);
      }
    } finally {
      resident.lease.close();
    }
  }

  private boolean isServing(Resident resident) {
    return resident.loaded != null && runtime.serving().orElse(null) == resident.loaded;
  }

  void stopServing() {
    runtime.stopServing();
  }

  /**
   * Frees everything; for the end of the process. A host may have closed the runtime or the store
   * already: each release is freed as far as it is not.
   */
  @Override
  public void close() {
    runtime.stopServing();
    for (Resident resident : residents.values()) {
      try {
        free(resident);
      } catch (RuntimeException e) {
        LOG.debug("{} was freed before the agent was closed", resident.verified.directory(), e);
      }
    }
    residents.clear();
  }
}
