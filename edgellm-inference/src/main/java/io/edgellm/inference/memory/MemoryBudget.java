package io.edgellm.inference.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * How much memory the models of a process may take together. Loaders that share a budget make room
 * for each other: a model that is idle gives its memory back when another one needs it, the one
 * that was used longest ago first.
 *
 * <p>It counts what {@link MemoryNeed} says, not what the system measures; nothing is taken that
 * was not granted. Thread-safe. No lock is held while a model gives up its memory.
 */
public final class MemoryBudget {
  private final long limitBytes;
  private final List<Grant> grants = new ArrayList<>();
  private long usedBytes;
  private long changes;

  private MemoryBudget(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** Returns a budget of a number of bytes, above zero. */
  public static MemoryBudget ofBytes(long limitBytes) {
    if (limitBytes <= 0) {
      throw new IllegalArgumentException("A memory budget must be above zero.");
    }
    return new MemoryBudget(limitBytes);
  }

  /** Returns a budget that grants everything. */
  public static MemoryBudget unlimited() {
    return new MemoryBudget(Long.MAX_VALUE);
  }

  /** Returns the limit in bytes; {@link Long#MAX_VALUE} if there is none. */
  public long limitBytes() {
    return limitBytes;
  }

  /** Returns whether everything is granted. */
  public boolean isUnlimited() {
    return limitBytes == Long.MAX_VALUE;
  }

  /** Returns what is granted at present, in bytes. */
  public synchronized long usedBytes() {
    return usedBytes;
  }

  /** Returns what could be granted at present without anybody giving up something, in bytes. */
  public synchronized long freeBytes() {
    return limitBytes - usedBytes;
  }

  /** Someone who holds memory and may be able to give it up. */
  public interface Holder {
    /** Returns the {@link System#nanoTime()} of the last use; only asked to put them in order. */
    long lastUseNanoTime();

    /**
     * Gives the memory up if it is idle, and closes the grant; returns after that. May be called by
     * any thread. A holder that is busy does nothing.
     */
    void giveUpIfIdle();
  }

  /**
   * Takes memory, from idle holders if there is not enough.
   *
   * @return the grant, or empty if there is not enough even so
   */
  public Optional<Grant> take(long bytes, Holder holder) {
    Optional<Grant> granted = tryTake(bytes, holder);
    if (granted.isPresent() || bytes > limitBytes) {
      return granted;
    }
    for (Holder idlest : byLastUse(holder)) {
      idlest.giveUpIfIdle();
      granted = tryTake(bytes, holder);
      if (granted.isPresent()) {
        return granted;
      }
    }
    return Optional.empty();
  }

  /**
   * Takes memory as soon as there is enough, and waits for it; an interrupt does not end the
   * waiting.
   *
   * @param wanted whether it is still wanted; asked again after every {@link #changed()}
   * @return the grant, or empty if it is not wanted any more or more than the whole budget
   */
  public Optional<Grant> await(long bytes, Holder holder, BooleanSupplier wanted) {
    boolean interrupted = false;
    try {
      while (bytes <= limitBytes && wanted.getAsBoolean()) {
        long seen = changes();
        Optional<Grant> granted = take(bytes, holder);
        if (granted.isPresent()) {
          return granted;
        }
        interrupted |= awaitChangeAfter(seen);
      }
      return Optional.empty();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private synchronized long changes() {
    return changes;
  }

  /** Returns whether it was interrupted meanwhile. */
  private synchronized boolean awaitChangeAfter(long seen) {
    boolean interrupted = false;
    while (changes == seen) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    return interrupted;
  }

  /** Has those that wait for memory look again: a holder is idle, or something is not wanted. */
  public synchronized void changed() {
    changes++;
    notifyAll();
  }

  private synchronized Optional<Grant> tryTake(long bytes, Holder holder) {
    if (bytes > limitBytes - usedBytes) {
      return Optional.empty();
    }
    Grant grant = new Grant(bytes, holder);
    grants.add(grant);
    usedBytes += bytes;
    return Optional.of(grant);
  }

  private synchronized List<Holder> byLastUse(Holder but) {
    long now = System.nanoTime();
    return grants.stream()
        .map(grant -> grant.holder)
        .filter(holder -> holder != but)
        .sorted(Comparator.comparingLong(holder -> holder.lastUseNanoTime() - now))
        .toList();
  }

  /** Memory that was granted; closing gives it back, once. */
  public final class Grant implements AutoCloseable {
    private final long bytes;
    private final Holder holder;

    private Grant(long bytes, Holder holder) {
      this.bytes = bytes;
      this.holder = holder;
    }

    /** Returns how much. */
    public long bytes() {
      return bytes;
    }

    @Override
    public void close() {
      synchronized (MemoryBudget.this) {
        if (grants.remove(this)) {
          usedBytes -= bytes;
          changed();
        }
      }
    }
  }
}
