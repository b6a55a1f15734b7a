package io.edgellm.transfer;

import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import io.edgellm.transfer.DeliveryStatus.Phase;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Makes of the events of single files those of a release, and passes on no more of them than people
 * can follow: four in a second, and each change of phase.
 *
 * <p>Thread-safe: neighbours may bring chunks of a file at the same time.
 */
final class DeliveryProgress implements TransferListener {
  private static final long INTERVAL_NANOS = 250_000_000;

  private final String title;
  private final TransferListener host;
  private final LongSupplier nanoTime;
  private final RateMeter rate;
  private final Map<Sha256, Long> sizes = new HashMap<>();
  private final Map<Sha256, Long> done = new HashMap<>();
  private Phase phase = Phase.PAPERS;
  private Phase beforeWaiting = Phase.PAPERS;
  private String sender = "";
  private long toldNanos;

  DeliveryProgress(String title, TransferListener host, LongSupplier nanoTime) {
    this.title = title;
    this.host = host;
    this.nanoTime = nanoTime;
    this.rate = new RateMeter(nanoTime.getAsLong());
  }

  /** Says that a file has to come, as far as it is not there. */
  synchronized void expect(Artifact file) {
    sizes.put(file.sha256(), file.sizeBytes());
  }

  /** Says that a file need not come after all. */
  synchronized void expectNoMore(Artifact file) {
    sizes.remove(file.sha256());
    done.remove(file.sha256());
  }

  /** Says that another file comes in the place of one. */
  synchronized void replace(Artifact file, Artifact other) {
    sizes.remove(file.sha256());
    sizes.put(other.sha256(), other.sizeBytes());
  }

  /** Tells of a new phase. */
  synchronized void enter(Phase next) {
    phase = next;
    rate.begin(nanoTime.getAsLong());
    tell();
  }

  @Override
  public synchronized void onEvent(TransferEvent event) {
    if (event instanceof TransferEvent.Progress progress) {
      onProgress(progress);
      return;
    }
    host.onEvent(event);
    if (event instanceof TransferEvent.Waiting) {
      beforeWaiting = phase == Phase.WAITING ? beforeWaiting : phase;
      enter(Phase.WAITING);
    } else if (event instanceof TransferEvent.Receiving receiving) {
      sender = receiving.sender();
      goOn();
    }
  }

  private void goOn() {
    if (phase == Phase.WAITING) {
      enter(beforeWaiting);
    }
  }

  private void onProgress(TransferEvent.Progress progress) {
    goOn();
    Sha256 file = progress.artifact().sha256();
    Long before = done.put(file, progress.doneBytes());
    long now = nanoTime.getAsLong();
    if (before == null) {
      // What was there already says nothing of the rate.
      rate.begin(now);
    } else {
      rate.add(Math.max(0, progress.doneBytes() - before), now);
    }
    boolean complete = progress.doneBytes() == progress.artifact().sizeBytes();
    if (before == null || complete || now - toldNanos >= INTERVAL_NANOS) {
      host.onEvent(progress);
      tell();
    }
  }

  private void tell() {
    toldNanos = nanoTime.getAsLong();
    host.onEvent(new TransferEvent.Status(status()));
  }

  private DeliveryStatus status() {
    long total = 0;
    long present = 0;
    for (Map.Entry<Sha256, Long> file : sizes.entrySet()) {
      total += file.getValue();
      present += Math.min(file.getValue(), done.getOrDefault(file.getKey(), 0L));
    }
    return new DeliveryStatus(title, phase, present, total, rate.bytesPerSecond(), sender);
  }
}
