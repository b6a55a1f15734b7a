package io.edgellm.store;

import io.edgellm.model.Artifact;
import java.util.List;

/**
 * What a repair did.
 *
 * @param healed the paths that are right again, relative to the store
 * @param quarantined what was taken out of the way
 * @param toFetch files of which no intact copy is left; fetch them and repair again
 * @param remaining what is still wrong, the files to fetch included
 * @param complete false if the listener or an interrupt ended it early
 */
public record RepairReport(
    List<String> healed,
    List<Quarantined> quarantined,
    List<Artifact> toFetch,
    List<StoreFinding> remaining,
    boolean complete) {
  /** Copies the lists. */
  public RepairReport {
    healed = List.copyOf(healed);
    quarantined = List.copyOf(quarantined);
    toFetch = List.copyOf(toFetch);
    remaining = List.copyOf(remaining);
  }

  /** Returns whether everything was looked at and nothing harmful is left. */
  public boolean isSound() {
    return complete && remaining.stream().noneMatch(StoreFinding::isHarmful);
  }
}
