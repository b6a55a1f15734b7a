package io.edgellm.publish;

import io.edgellm.transfer.Retries;
import io.edgellm.transfer.TransferControl;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferListener;
import io.edgellm.transfer.UploadBody;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongConsumer;
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

  /** Sends a body until it succeeds, or until it makes no sense any more. */
  <T> T counting(String what, UploadBody body, Function<UploadBody, T> work) {
    return trying(what, () -> counted(body, work));
  }

  /** Sends a body once; what does not arrive is not counted. */
  <T> T counted(UploadBody body, Function<UploadBody, T> work) {
    AtomicLong gone = new AtomicLong();
    LongConsumer counter =
        count -> {
          gone.addAndGet(count);
          progress.sent(count);
        };
    try {
      return work.apply(body.heardBy(counter));
    } catch (TransferException e) {
      progress.sent(-gone.get());
      throw e;
    }
  }
}
