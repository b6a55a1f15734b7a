package io.edgellm.transfer;

import java.util.Objects;

/**
 * When, over which link and how fast files may come, and the control that pauses them. The papers
 * of a release are held up by a pause alone.
 *
 * @param bandwidth how fast, shared by all transfers that were given the same object
 * @param windows when
 * @param link tells whether bytes cost money now
 * @param metered what may come while they do
 * @param control pauses and cancels
 */
public record TransferLimits(
    Bandwidth bandwidth,
    MaintenanceWindows windows,
    MeteredLink link,
    MeteredUse metered,
    TransferControl control) {

  /** Refuses null. */
  public TransferLimits {
    Objects.requireNonNull(bandwidth);
    Objects.requireNonNull(windows);
    Objects.requireNonNull(link);
    Objects.requireNonNull(metered);
    Objects.requireNonNull(control);
  }

  /** Returns no limits, with a control of their own. */
  public static TransferLimits none() {
    return new TransferLimits(
        Bandwidth.unlimited(),
        MaintenanceWindows.always(),
        MeteredLink.unmetered(),
        MeteredUse.everything(),
        new TransferControl());
  }

  /** Returns these limits with another bandwidth. */
  public TransferLimits withBandwidth(Bandwidth other) {
    return new TransferLimits(other, windows, link, metered, control);
  }

  /** Returns these limits with other windows. */
  public TransferLimits withWindows(MaintenanceWindows other) {
    return new TransferLimits(bandwidth, other, link, metered, control);
  }

  /** Returns these limits with a link that may be metered, and what may come over it then. */
  public TransferLimits withMetered(MeteredLink other, MeteredUse use) {
    return new TransferLimits(bandwidth, windows, other, use, control);
  }

  /** Returns these limits with another control. */
  public TransferLimits withControl(TransferControl other) {
    return new TransferLimits(bandwidth, windows, link, metered, other);
  }
}
