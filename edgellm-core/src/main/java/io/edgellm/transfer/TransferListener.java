package io.edgellm.transfer;

import io.edgellm.model.Artifact;
import io.edgellm.model.ReleaseManifest;
import java.util.List;

/** Hears how a transfer goes; called by the thread that transfers. */
@FunctionalInterface
public interface TransferListener {
  /** Hears an event. */
  void onEvent(TransferEvent event);

  /** Returns a listener that hears nothing. */
  static TransferListener silent() {
    return event -> {};
  }

  /** What happens during a transfer. */
  sealed interface TransferEvent {
    /**
     * It is clear what has to come.
     *
     * @param manifest the release; its papers are verified
     * @param missing the files whose bytes the store does not have
     */
    record Planned(ReleaseManifest manifest, List<Artifact> missing) implements TransferEvent {
      /** Copies the list. */
      public Planned {
        missing = List.copyOf(missing);
      }

      /** Returns how many bytes have to come. */
      public long missingBytes() {
        return missing.stream().mapToLong(Artifact::sizeBytes).sum();
      }
    }

    /**
     * All bytes are there; they are being checked against the papers.
     *
     * @param manifest the release
     */
    record Verifying(ReleaseManifest manifest) implements TransferEvent {}

    /**
     * Bytes have arrived and are verified.
     *
     * @param artifact the file
     * @param doneBytes verified bytes of the file
     * @param bytesPerSecond the rate since the last event, 0 at the first one
     */
    record Progress(Artifact artifact, long doneBytes, double bytesPerSecond)
        implements TransferEvent {}

    /**
     * Nothing is wrong, but nothing may come for now.
     *
     * @param what the file of the release, or its papers
     * @param hold what holds it up
     */
    record Waiting(String what, Hold hold) implements TransferEvent {}

    /**
     * A try has failed and another one follows.
     *
     * @param what the file of the release, or its papers
     * @param attempt the number of the try that failed, from 1
     * @param failure why
     */
    record Retry(String what, int attempt, TransferException failure) implements TransferEvent {}
  }
}
