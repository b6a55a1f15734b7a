package io.edgellm.publish;

import io.edgellm.transfer.Retries;
import io.edgellm.transfer.TransferControl;
import io.edgellm.transfer.TransferListener;
import java.util.function.Supplier;

/**
 * How things are sent: how stubbornly, until when, and who hears of it. Thread-safe.
 *
 * @param retries how often, and with which pauses
 * @param control pauses and cancels
 * @param progress hears of it
 */
record Sending(Retries retries, TransferControl control, PushProgress progress) {
  /** Tries until it succeeds, or until it makes no sense any more. */
  <T> T trying(String what, Supplier<T> work) {
    TransferListener listener =
        event -> {
          if (event instanceof TransferListener.TransferEvent.Retry retry) {
            progress.failed(retry.what(), retry.attempt(), retry.failure());
          }
        };
    return retries.run(work, what, control, listener);
  }
}
