package io.edgellm.store;

import io.edgellm.internal.io.ProcessLocks;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.trust.Admission;
import io.edgellm.trust.VerifiedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Every change of what is active: under the store lock, the state is read, checked, changed and
 * written, and then the link follows it.
 */
final class Activation {
  private final StoreAccess access;
  private final InstalledVersions installed;
  private final StateFile states;
  private final CurrentLink link;

  Activation(StoreAccess access, InstalledVersions installed, StateFile states, CurrentLink link) {
    this.access = access;
    this.installed = installed;
    this.states = states;
    this.link = link;
  }

  ModelState activate(VerifiedModel candidate) throws IOException {
    ModelVersion version = candidate.manifest().version();
    // The answer may have to wait for a slow repository: it is asked for outside of the lock.
    Optional<Admission> asked =
        isActiveOrFallback(version, stateFor(candidate))
            ? Optional.empty()
            : Optional.of(candidate.requireAdmitted());
    return access.underStoreLock(
        () -> {
          ModelState state = stateFor(candidate);
          if (!isActiveOrFallback(version, state)) {
            recordGrace(candidate, asked.orElseGet(candidate::requireAdmitted));
          }
          return write(state, state.activated(version));
        });
  }

  /** Returns the state of the model line, if the candidate may be activated in it but for time. */
  private ModelState stateFor(VerifiedModel candidate) throws IOException {
    ModelId model = candidate.manifest().model();
    ModelVersion version = candidate.manifest().version();
    requireInstalledAsVerified(candidate, installed.require(model, version));
    ModelState state = states.read(model);
    if (!version.equals(state.current())) {
      requireFloor(state, version, candidate.manifest().rollbackIndex());
    }
    return state;
  }

  private static boolean isActiveOrFallback(ModelVersion version, ModelState state) {
    return version.equals(state.current()) || version.equals(state.previous());
  }

  /** The receipt of the installation does not know that a grace was used since. */
  private void recordGrace(VerifiedModel candidate, Admission admission) throws IOException {
    if (admission instanceof Admission.Current current && !current.graceUsed().isZero()) {
      new ReceiptFile(access)
          .replace(candidate.directory(), candidate.receipt().withAdmission(admission));
    }
  }

  private static void requireInstalledAsVerified(VerifiedModel candidate, StoredModel stored)
      throws IOException {
    Path verified = candidate.directory().toRealPath();
    if (!verified.equals(stored.directory()) || !candidate.manifest().equals(stored.manifest())) {
      throw new StoreException(
          StoreException.Reason.MISMATCH,
          "What was verified at "
              + verified
              + " is not what is installed at "
              + stored.directory()
              + ": lease the installed version, verify that, and activate the result.",
          candidate.title());
    }
  }

  private static void requireFloor(ModelState state, ModelVersion version, long rollbackIndex) {
    if (rollbackIndex < state.rollbackFloor() && !state.isFallbackByReset(version)) {
      throw new StoreException(
          StoreException.Reason.BELOW_FLOOR,
          "'"
              + state.model()
              + " "
              + version
              + "' has the rollback index "
              + rollbackIndex
              + ", this device has committed to "
              + state.rollbackFloor()
              + ": publish its content as a new release with a higher index.",
          state.model() + "/" + version);
    }
  }

  ModelState chargeAttempt(ModelId model) throws IOException {
    return change(
        model,
        state -> {
          if (state.current() == null) {
            throw new StoreException(
                StoreException.Reason.NOT_INSTALLED,
                "No version of '" + model + "' is active: activate one before loading it.",
                model.value());
          }
          return state.attemptCharged();
        });
  }

  ModelState markHealthy(ModelId model, ModelVersion version) throws IOException {
    return access.underStoreLock(
        () -> {
          ModelState state = states.read(model);
          if (!version.equals(state.current())) {
            throw new StoreException(
                StoreException.Reason.NOT_CURRENT,
                "'"
                    + model
                    + " "
                    + version
                    + "' is not active, so that nothing was proven of it; active is "
                    + state.current()
                    + ".",
                model + "/" + version);
          }
          long rollbackIndex = installed.require(model, version).manifest().rollbackIndex();
          return write(state, state.healthy(rollbackIndex));
        });
  }

  ModelState rollBack(ModelId model) throws IOException {
    return access.underStoreLock(
        () -> {
          ModelState state = states.read(model);
          ModelVersion fallback = state.fallback();
          if (fallback == null) {
            throw noPrevious(
                model,
                "has no earlier healthy version: deactivate what is active, or install and"
                    + " activate another version.");
          }
          long rollbackIndex = installed.require(model, fallback).manifest().rollbackIndex();
          requireFloor(state, fallback, rollbackIndex);
          return write(state, state.rolledBack());
        });
  }

  private static StoreException noPrevious(ModelId model, String what) {
    return new StoreException(
        StoreException.Reason.NO_PREVIOUS, "'" + model + "' " + what, model.value());
  }

  ModelState markFactory(ModelId model, ModelVersion version) throws IOException {
    return access.underStoreLock(
        () -> {
          installed.require(model, version);
          ModelState state = states.read(model);
          return write(state, state.shippedWith(version));
        });
  }

  /** The floor is not asked: see decision 030. */
  ModelState resetToFactory(ModelId model) throws IOException {
    return access.underStoreLock(
        () -> {
          ModelState state = states.read(model);
          if (state.factory() == null) {
            throw noPrevious(
                model, "was not shipped with this device: mark a version as its factory version.");
          }
          installed.require(model, state.factory());
          return write(state, state.reset());
        });
  }

  ModelState deactivate(ModelId model) throws IOException {
    return change(model, ModelState::deactivated);
  }

  ModelState pin(ModelId model, ModelVersion version) throws IOException {
    return access.underStoreLock(
        () -> {
          installed.require(model, version);
          ModelState state = states.read(model);
          return write(state, state.pinned(version));
        });
  }

  ModelState unpin(ModelId model, ModelVersion version) throws IOException {
    return change(model, state -> state.unpinned(version));
  }

  ModelState remove(ModelId model, ModelVersion version) throws IOException {
    ModelState left =
        access.underStoreLock(
            () -> {
              if (!installed.isInstalled(model, version)) {
                installed.require(model, version);
              }
              return throwAway(states.read(model), version);
            });
    new Trash(access).empty();
    return left;
  }

  private ModelState throwAway(ModelState state, ModelVersion version) throws IOException {
    boolean fallback = version.equals(state.previous());
    Optional<ProcessLocks.Held> unleased =
        access.locks().tryExclusive(StoreLayout.leaseLock(state.model(), version));
    try {
      if (unleased.isEmpty()
          || version.equals(state.current())
          || version.equals(state.factory())
          || state.pins().contains(version)
          || (fallback && state.status() == ModelState.Status.TRIAL)) {
        throw inUse(state.model(), version);
      }
      ModelState left = fallback ? write(state, state.withoutPrevious()) : state;
      new Trash(access).throwAway(access.layout().version(state.model(), version));
      return left;
    } finally {
      if (unleased.isPresent()) {
        unleased.get().close();
      }
    }
  }

  private static StoreException inUse(ModelId model, ModelVersion version) {
    return new StoreException(
        StoreException.Reason.IN_USE,
        "'"
            + model
            + " "
            + version
            + "' is active, pinned, leased, what the device was shipped with, or what a trial would"
            + " fall back to: roll back, unpin, close the leases or end the trial first.",
        model + "/" + version);
  }

  private ModelState change(ModelId model, UnaryOperator<ModelState> transition)
      throws IOException {
    return access.underStoreLock(
        () -> {
          ModelState state = states.read(model);
          return write(state, transition.apply(state));
        });
  }

  private ModelState write(ModelState before, ModelState after) throws IOException {
    if (after.generation() != before.generation()) {
      states.write(after);
      link.follow(after);
    }
    return after;
  }
}
