package io.edgellm.rollout.device;

import io.edgellm.model.Sha256;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a device remembers from one deployment to the next.
 *
 * @param committed the last known good release, or null on a new device
 * @param previous the release that was committed before it and is still there, or null
 * @param epoch the newest epoch that was heard
 * @param poisoned releases that did harm here, with the epoch at which they did
 */
public record Ledger(
    @Nullable Release committed,
    @Nullable Release previous,
    long epoch,
    Map<Sha256, Long> poisoned) {

  /** A new device. */
  public static final Ledger EMPTY = new Ledger(null, null, 0, Map.of());

  /** Copies the map. */
  public Ledger {
    poisoned = Collections.unmodifiableMap(new TreeMap<>(poisoned));
  }

  /**
   * Returns whether an offer is newer than everything heard, and than the harm it may have done.
   */
  public boolean accepts(Offer offer) {
    return offer.epoch() > epoch && !isPoisoned(offer);
  }

  /** Returns whether what is offered did harm here at the offer's epoch or later. */
  public boolean isPoisoned(Offer offer) {
    return poisoned.getOrDefault(offer.release().digest(), 0L) >= offer.epoch();
  }

  /** Returns whether a release did harm here and was not approved anew since. */
  public boolean isPoisoned(Release release) {
    return poisoned.containsKey(release.digest());
  }

  /** Returns the release that an undo of the committed one goes back to. */
  public Optional<Release> undoTarget() {
    return Optional.ofNullable(previous).filter(release -> !isPoisoned(release));
  }

  /** Returns whether the release must stay on the disk. */
  public boolean keeps(Release release) {
    return (committed != null && committed.is(release))
        || (previous != null && previous.is(release));
  }

  Ledger heard(long newerEpoch) {
    return new Ledger(committed, previous, Math.max(epoch, newerEpoch), poisoned);
  }

  Ledger poison(Release release) {
    Map<Sha256, Long> more = new TreeMap<>(poisoned);
    more.put(release.digest(), epoch);
    return new Ledger(committed, previous, epoch, more);
  }

  /** The approval that led to the commit is newer than any harm that the release did before. */
  Ledger commit(Release release) {
    Map<Sha256, Long> fewer = new TreeMap<>(poisoned);
    fewer.remove(release.digest());
    boolean again = committed != null && committed.is(release);
    return new Ledger(release, again ? previous : committed, epoch, fewer);
  }

  /** The committed release was given up for the previous one. */
  Ledger returnTo(@Nullable Release release) {
    return release == null || (committed != null && committed.is(release))
        ? this
        : new Ledger(release, null, epoch, poisoned);
  }

  /** The store is the authority on what is current. */
  Ledger adopt(Release current) {
    return committed != null && committed.is(current)
        ? this
        : new Ledger(current, committed, epoch, poisoned);
  }
}
