package io.edgellm.transfer;

/**
 * Whether bytes cost money at this moment. Only the host can know: the operating system tells it
 * (NetworkManager's {@code Metered}, Android's {@code isActiveNetworkMetered}), or the modem.
 *
 * <p>Asked by transferring threads, at most once a second each; it returns at once.
 */
@FunctionalInterface
public interface MeteredLink {
  /** Returns whether the link is metered. */
  boolean isMetered();

  /** Returns a link that never is. */
  static MeteredLink unmetered() {
    return () -> false;
  }
}
