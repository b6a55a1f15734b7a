package io.edgellm.rollout;

import io.edgellm.model.EdgeLlmException;
import io.edgellm.rollout.device.Offer;
import io.edgellm.store.StoredModel;

/** Brings a release into the device's store: where from, and how, is the host's choice. */
@FunctionalInterface
public interface Delivery {
  /**
   * Fetches what is missing and installs it. Called again after a crash: what is there is not
   * fetched again, and a release that is installed already is simply returned.
   *
   * @param offer what to bring
   * @return the installed release; it must be the one that was offered, digest and all
   * @throws EdgeLlmException if that is not possible; the candidate is refused
   * @throws InterruptedException if the thread is interrupted; the delivery goes on at the next
   *     start
   */
  StoredModel deliver(Offer offer) throws InterruptedException;
}
