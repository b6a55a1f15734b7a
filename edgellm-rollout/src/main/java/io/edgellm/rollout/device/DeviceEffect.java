package io.edgellm.rollout.device;

import org.jspecify.annotations.Nullable;

/**
 * Something to do. Effects are performed in the order of the decision, after the event that led to
 * it is durable, and each may be performed again after a crash: doing it twice is doing it once.
 */
public sealed interface DeviceEffect {

  /**
   * Bring all files into the store. Leads to {@link DeviceEvent.Delivered} or {@link
   * DeviceEvent.Refused}.
   *
   * @param offer what to bring
   */
  record Fetch(Offer offer) implements DeviceEffect {}

  /**
   * Check signature, signer and files. Leads to {@link DeviceEvent.VerificationPassed} or {@link
   * DeviceEvent.Refused}.
   *
   * @param offer what to check
   */
  record Verify(Offer offer) implements DeviceEffect {}

  /**
   * Load it beside the release that serves and ask it its golden prompts. Leads to {@link
   * DeviceEvent.SmokePassed} or {@link DeviceEvent.Refused}.
   *
   * @param offer what to test
   */
  record Smoke(Offer offer) implements DeviceEffect {}

  /**
   * Make it the store's current version, on trial and durably. Leads to {@link
   * DeviceEvent.Switched} or {@link DeviceEvent.StartFailed}.
   *
   * @param release the candidate
   */
  record SwitchTo(Release release) implements DeviceEffect {}

  /**
   * Write down durably that this start is made. The store keeps a count of its own, so that a lost
   * journal cannot give an unproven candidate endless starts.
   *
   * @param release the candidate
   * @param start which start, from 1
   */
  record ChargeTry(Release release, int start) implements DeviceEffect {}

  /**
   * Load it if it is not loaded, and let it answer requests. Leads to {@link DeviceEvent.Serving}
   * or {@link DeviceEvent.StartFailed}.
   *
   * @param release what is to serve
   */
  record Serve(Release release) implements DeviceEffect {}

  /**
   * Tell the store that its current version is proven.
   *
   * @param release the committed release
   */
  record MarkHealthy(Release release) implements DeviceEffect {}

  /**
   * Make a known release the store's current version again, durably. Leads to {@link
   * DeviceEvent.Restored} or {@link DeviceEvent.StartFailed}.
   *
   * @param release what to go back to, or null for no version at all
   */
  record Restore(@Nullable Release release) implements DeviceEffect {}

  /** Answer requests with "unavailable". */
  record StopServing() implements DeviceEffect {}

  /**
   * Free its memory; its files stay.
   *
   * @param release what does not serve any more
   */
  record Unload(Release release) implements DeviceEffect {}

  /**
   * Free its memory; its files may go.
   *
   * @param release what is not needed any more
   */
  record Discard(Release release) implements DeviceEffect {}
}
