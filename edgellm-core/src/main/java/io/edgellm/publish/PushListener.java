package io.edgellm.publish;

import io.edgellm.transfer.TransferException;

/**
 * Hears how a push or a pull goes; called by the threads that send, one at a time. It must not take
 * long.
 */
@FunctionalInterface
public interface PushListener {
  /** Hears an event. */
  void onEvent(PushEvent event);

  /** Returns a listener that hears nothing. */
  static PushListener silent() {
    return event -> {};
  }

  /** What happens. */
  sealed interface PushEvent {
    /**
     * It is clear what has to go, and nothing has gone yet.
     *
     * @param releases how many releases are new there
     * @param blobs how many of their files have to go
     * @param bytes how many bytes these have
     * @param skippedBytes the bytes of files that are there already
     */
    record Planned(int releases, int blobs, long bytes, long skippedBytes) implements PushEvent {}

    /**
     * How far it is; at most four in a second, beside changes of what is being done.
     *
     * @param status the figures
     */
    record Status(PushStatus status) implements PushEvent {}

    /**
     * A try has failed, and another one follows.
     *
     * @param what a path in the repository
     * @param attempt the number of the try that failed, from 1
     * @param failure why
     */
    record Retry(String what, int attempt, TransferException failure) implements PushEvent {}
  }
}
