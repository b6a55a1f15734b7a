package io.edgellm.store;

import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which version of a model is active, and how far it is trusted.
 *
 * <p>The story of a version: it is activated and is on {@link Status#TRIAL}; before each load an
 * attempt is charged, so that a device that dies during the load knows of it afterwards. Then it is
 * either marked {@link Status#HEALTHY}, and from then on is what later versions fall back to; or it
 * is rolled back, the earlier healthy version is active again, and the failed one can never become
 * the one to fall back to; or, where there is no earlier one, it is deactivated. Every step is
 * durable before the call that takes it returns.
 *
 * @param model the model line
 * @param generation counts the changes of this record, from 0 for a model that has none
 * @param current the active version, or null
 * @param previous the last healthy version before {@code current}, or null
 * @param factory the version that the device was shipped with, or null
 * @param status how far {@code current} is trusted
 * @param attempts how often loading {@code current} was begun during its trial
 * @param pins versions that garbage collection spares
 * @param rollbackFloor the lowest rollback index that may still be activated
 * @param proven versions that were healthy here, the last one proven at the end; they may have been
 *     removed since
 */
public record ModelState(
    ModelId model,
    long generation,
    @Nullable ModelVersion current,
    @Nullable ModelVersion previous,
    @Nullable ModelVersion factory,
    Status status,
    int attempts,
    Set<ModelVersion> pins,
    long rollbackFloor,
    List<ModelVersion> proven) {

  /** How many proven versions are remembered at most. */
  static final int MAX_PROVEN = 64;

  /** How far the active version is trusted. */
  public enum Status {
    /** No version is active. */
    NONE,
    /** Active, and not yet proven on this device. */
    TRIAL,
    /** Active and proven. */
    HEALTHY;

    /** Returns the name in the state file. */
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Copies the collections, the set sorted. */
  public ModelState {
    proven = List.copyOf(proven);
    pins = Collections.unmodifiableSet(new TreeSet<>(pins));
  }

  static ModelState none(ModelId model) {
    return new ModelState(model, 0, null, null, null, Status.NONE, 0, Set.of(), 0, List.of());
  }

  /** Returns whether garbage collection must spare a version, leases aside. */
  boolean needs(ModelVersion version) {
    return version.equals(current)
        || version.equals(previous)
        || version.equals(factory)
        || pins.contains(version);
  }

  /**
   * Activates a version. What is active already stays as it is: attempts that a crash loop has used
   * up do not come back by activating once more. The version to fall back to needs no second trial.
   */
  ModelState activated(ModelVersion version) {
    if (version.equals(current)) {
      return this;
    }
    if (status != Status.HEALTHY && version.equals(previous)) {
      return rolledBack();
    }
    return next(version, status == Status.HEALTHY ? current : previous, Status.TRIAL, 0);
  }

  ModelState attemptCharged() {
    return status == Status.TRIAL ? next(current, previous, status, attempts + 1) : this;
  }

  ModelState healthy(long rollbackIndex) {
    if (status == Status.HEALTHY) {
      return this;
    }
    return new ModelState(
        model,
        generation + 1,
        current,
        previous,
        factory,
        Status.HEALTHY,
        0,
        pins,
        Math.max(rollbackFloor, rollbackIndex),
        provenWith(current));
  }

  private List<ModelVersion> provenWith(@Nullable ModelVersion version) {
    List<ModelVersion> more = provenWithout(version);
    if (version != null) {
      more.add(version);
    }
    return more.subList(Math.max(0, more.size() - MAX_PROVEN), more.size());
  }

  private List<ModelVersion> provenWithout(@Nullable ModelVersion version) {
    List<ModelVersion> fewer = new ArrayList<>(proven);
    fewer.removeIf(v -> v.equals(version));
    return fewer;
  }

  /** Returns what {@link #rolledBack()} would activate: what was healthy before, or was shipped. */
  @Nullable ModelVersion fallback() {
    return previous != null || factory == null || factory.equals(current) ? previous : factory;
  }

  /** Activates the fallback. What failed does not count as proven any more. */
  ModelState rolledBack() {
    return to(fallback());
  }

  /** Activates what the device was shipped with, which counts as proven last from then on. */
  ModelState reset() {
    return Objects.equals(factory, current) ? this : to(factory).provenLast(factory);
  }

  private ModelState provenLast(@Nullable ModelVersion version) {
    return new ModelState(
        model,
        generation,
        current,
        previous,
        factory,
        status,
        attempts,
        pins,
        rollbackFloor,
        provenWith(version));
  }

  /**
   * Returns whether a version is the one to fall back to because it was active by a reset, so that
   * the rollback floor does not stop the way back to it. Where another version raised the floor
   * since, that one was proven last.
   */
  boolean isFallbackByReset(ModelVersion version) {
    return version.equals(factory)
        && version.equals(previous)
        && !proven.isEmpty()
        && version.equals(proven.get(proven.size() - 1));
  }

  private ModelState to(@Nullable ModelVersion version) {
    return new ModelState(
        model,
        generation + 1,
        version,
        null,
        factory,
        Status.HEALTHY,
        0,
        pins,
        rollbackFloor,
        provenWithout(current));
  }

  ModelState shippedWith(ModelVersion version) {
    return version.equals(factory)
        ? this
        : new ModelState(
            model,
            generation + 1,
            current,
            previous,
            version,
            status,
            attempts,
            pins,
            rollbackFloor,
            proven);
  }

  ModelState deactivated() {
    return current == null ? this : next(null, previous, Status.NONE, 0);
  }

  ModelState withoutPrevious() {
    return next(current, null, status, attempts);
  }

  ModelState pinned(ModelVersion version) {
    Set<ModelVersion> more = new TreeSet<>(pins);
    return more.add(version) ? withPins(more) : this;
  }

  ModelState unpinned(ModelVersion version) {
    Set<ModelVersion> fewer = new TreeSet<>(pins);
    return fewer.remove(version) ? withPins(fewer) : this;
  }

  private ModelState withPins(Set<ModelVersion> others) {
    return new ModelState(
        model,
        generation + 1,
        current,
        previous,
        factory,
        status,
        attempts,
        others,
        rollbackFloor,
        proven);
  }

  private ModelState next(
      @Nullable ModelVersion newCurrent,
      @Nullable ModelVersion newPrevious,
      Status newStatus,
      int newAttempts) {
    return new ModelState(
        model,
        generation + 1,
        newCurrent,
        newPrevious,
        factory,
        newStatus,
        newAttempts,
        pins,
        rollbackFloor,
        proven);
  }
}
