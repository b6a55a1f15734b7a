package io.edgellm.transfer;

import io.edgellm.model.Artifact;
import io.edgellm.model.EdgeLlmException;
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
     * Bytes of a file have arrived. A delivery tells at most four in a second of each file, beside
     * the first and the last.
     *
     * @param artifact the file, or a delta
     * @param doneBytes how many are there: those of verified chunks, and the beginning of the one
     *     that is coming
     * @param bytesPerSecond the rate since the last event, 0 at the first one
     */
    record Progress(Artifact artifact, long doneBytes, double bytesPerSecond)
        implements TransferEvent {}

    /**
     * How a delivery is getting on as a whole; at most four in a second, beside changes of its
     * phase.
     *
     * @param delivery the figures
     */
    record Status(DeliveryStatus delivery) implements TransferEvent {}

    /**
     * Somebody begins to send a file, or a part of it.
     *
     * @param artifact the file, or a delta
     * @param sender his address; of several mirrors, the one that was chosen
     * @param offsetBytes the first byte that is asked for
     */
    record Receiving(Artifact artifact, String sender, long offsetBytes) implements TransferEvent {}

    /**
     * Nothing is wrong, but nothing may come for now.
     *
     * @param what the file of the release, or its papers
     * @param hold what holds it up
     */
    record Waiting(String what, Hold hold) implements TransferEvent {}

    /**
     * A file was made from one that the store has, by a delta.
     *
     * @param artifact the file
     * @param delta what came in its place
     * @param savedBytes how many bytes need not come because of it
     */
    record DeltaApplied(Artifact artifact, Artifact delta, long savedBytes)
        implements TransferEvent {}

    /**
     * A delta is of no use; the file comes in full.
     *
     * @param artifact the file
     * @param delta what was tried
     * @param failure why
     */
    record DeltaFailed(Artifact artifact, Artifact delta, EdgeLlmException failure)
        implements TransferEvent {}

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
