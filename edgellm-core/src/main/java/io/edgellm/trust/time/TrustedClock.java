package io.edgellm.trust.time;

import io.edgellm.trust.time.TrustedTime.Source;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The device's clock, kept from going back behind a time that somebody who is trusted has said.
 *
 * <p>A device without a battery for its clock wakes up in 1970, and somebody who can set a clock
 * can make old metadata look fresh. So the clock has a floor: the latest of the time at which the
 * software was built, and of the times that verified signatures carry. The floor is kept in a file
 * and survives restarts. The device's clock never raises it: one wrong boot in 2099 would otherwise
 * be for ever.
 *
 * <p>Times by an online key, the timestamp role of a repository or a transparency log, are believed
 * up to ten years past what needs no such key, which are the build and {@link Source#HOST}. A
 * stolen key can therefore not send a fleet to the year 9999, and {@link #forget} takes back what
 * it said once the key has been replaced. Ten years is how long a device may run on the same build
 * before the floor rests on that build again.
 *
 * <p>Several processes may share the file: it is merged and replaced under a lock. An instance sees
 * what others have said when it is opened, and at each of its own changes. Thread-safe; reading the
 * time touches no file.
 */
public final class TrustedClock implements InstantSource {
  private final InstantSource device;
  private final Instant built;
  private final FloorFile file;
  private volatile FloorFile.Content known;

  /** How the file with the floors was found when it was read last. */
  public enum Memory {
    /** As it was written. */
    INTACT,
    /** It was not there: nothing was said yet, or somebody removed it. */
    EMPTY,
    /**
     * It was damaged or could not be read. What it held is forgotten, and the floor begins at the
     * build again; the next {@link TrustedClock#raise} writes it anew.
     */
    LOST
  }

  TrustedClock(InstantSource device, Instant built, FloorFile file) {
    this.device = device;
    this.built = built;
    this.file = file;
    this.known = file.read();
  }

  /**
   * Opens a clock. It never fails: see {@link #memory()} for how the file was found.
   *
   * @param file keeps the floors, in a directory that exists; {@code <name>.lock} beside it is
   *     used, too
   * @param device the clock of this device, usually {@link InstantSource#system()}
   */
  public static TrustedClock open(Path file, InstantSource device) {
    return open(file, device, Instant.EPOCH);
  }

  /**
   * Opens a clock for an application that knows when it was built.
   *
   * @param file keeps the floors, in a directory that exists
   * @param device the clock of this device
   * @param built when the application was built; counts if it is later than this library's build
   */
  public static TrustedClock open(Path file, InstantSource device, Instant built) {
    Instant library = BuildTime.ofThisLibrary();
    return new TrustedClock(device, built.isAfter(library) ? built : library, FloorFile.at(file));
  }

  /** Returns the later one of the device's clock and the floor. */
  @Override
  public Instant instant() {
    return read().now();
  }

  /**
   * Returns the clock of the device as it is: to measure how long something takes, which {@link
   * #instant} cannot while it stands on the floor, and not to know what time it is.
   */
  public InstantSource device() {
    return device;
  }

  /** Returns the time with its reason. */
  public TrustedTime read() {
    Instant now = device.instant();
    Map.Entry<Source, Instant> highest = known.floors().highest(built);
    Instant floor = highest.getValue();
    return now.isBefore(floor)
        ? new TrustedTime(floor, floor, highest.getKey())
        : new TrustedTime(now, floor, Source.DEVICE_CLOCK);
  }

  /**
   * Returns the time as it would be if a source had said nothing: what {@link #forget} would lead
   * to.
   *
   * @param source not the device's clock or the build
   */
  public Instant instantWithout(Source source) {
    requireRemembered(source);
    Instant now = device.instant();
    Instant floor = known.floors().without(source).highest(built).getValue();
    return now.isBefore(floor) ? floor : now;
  }

  /** Returns how the file was found when it was read last, at opening or at a change. */
  public Memory memory() {
    return known.memory();
  }

  /**
   * Says that it is at least this late. What was said before holds if it is later.
   *
   * @param source who says so, after its signature was verified; not the device's clock or the
   *     build
   * @param time when it was signed or recorded
   * @return whether the time is believed; one that is not changes nothing
   * @throws TimeException if it could not be made durable; this instance then knows it all the same
   */
  public boolean raise(Source source, Instant time) {
    requireRemembered(source);
    change(floors -> floors.believes(source, time, built) ? floors.raisedTo(source, time) : floors);
    return known.floors().believes(source, time, built);
  }

  /**
   * Takes back what a source has said, because its key may have been in wrong hands: for {@link
   * Source#TUF_TIMESTAMP} when a root withdrew a key of the timestamp role. Compare the expiry of
   * that root with {@link #instantWithout}, or a stolen key could make the way back look expired.
   *
   * @param source not the device's clock or the build
   * @throws TimeException if it could not be made durable; this instance then knows it all the same
   */
  public void forget(Source source) {
    requireRemembered(source);
    change(floors -> floors.without(source));
  }

  private static void requireRemembered(Source source) {
    if (!Floors.REMEMBERED.contains(source)) {
      throw new IllegalArgumentException(source + " says nothing that is remembered");
    }
  }

  private synchronized void change(UnaryOperator<Floors> change) {
    FloorFile.Content before = known;
    try {
      file.update(
          stored -> {
            Floors changed = change.apply(before.floors().mergedWith(stored.floors()));
            known = new FloorFile.Content(changed, stored.memory());
            return changed;
          });
    } catch (TimeException e) {
      if (known.equals(before)) {
        known = new FloorFile.Content(change.apply(before.floors()), before.memory());
      }
      throw e;
    }
  }
}
