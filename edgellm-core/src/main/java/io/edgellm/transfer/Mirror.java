package io.edgellm.transfer;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** One of several sources of the same files, and what is thought of it. Thread-safe. */
final class Mirror {
  private final ArtifactSource source;
  private final int rank;
  private final double weight;
  private final MirrorOptions options;
  private final RandomGenerator random;
  private final LongSupplier nanoTime;
  private Circuit circuit = new Circuit.Closed();

  Mirror(
      ArtifactSource source,
      int rank,
      double weight,
      MirrorOptions options,
      RandomGenerator random,
      LongSupplier nanoTime) {
    this.source = source;
    this.rank = rank;
    this.weight = weight;
    this.options = options;
    this.random = random;
    this.nanoTime = nanoTime;
  }

  ArtifactSource source() {
    return source;
  }

  int rank() {
    return rank;
  }

  /**
   * Returns a number by which mirrors of one rank are sorted, so that each comes first as often as
   * its weight says (Efraimidis and Spirakis, 2006).
   */
  double draw() {
    return -Math.log(1 - random.nextDouble()) / weight;
  }

  /** Returns whether it may be asked, and takes the turn. */
  synchronized boolean tryAsk() {
    long now = nanoTime.getAsLong();
    if (!circuit.admits(now)) {
      return false;
    }
    circuit = circuit.asked(now, options);
    return true;
  }

  synchronized Duration closedFor() {
    return circuit.closedFor(nanoTime.getAsLong());
  }

  synchronized Circuit circuit() {
    return circuit;
  }

  synchronized void succeeded() {
    circuit = circuit.succeeded();
  }

  /** That it does not have a file is an answer; that somebody was interrupted is not its fault. */
  synchronized void failed(TransferException e) {
    switch (e.reason()) {
      case NOT_FOUND -> circuit = circuit.succeeded();
      case CANCELLED, DEADLINE -> {}
      default -> circuit = circuit.failed(e, random.nextDouble(), nanoTime.getAsLong(), options);
    }
  }
}
