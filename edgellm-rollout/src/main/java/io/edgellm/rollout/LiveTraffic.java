package io.edgellm.rollout;

import io.edgellm.rollout.device.Release;
import io.edgellm.rollout.gate.LiveWindow;
import io.edgellm.telemetry.CohortStats;
import io.edgellm.telemetry.CohortWindow;
import io.edgellm.telemetry.Outcome;
import io.edgellm.telemetry.Telemetry;
import java.util.Optional;

/** Where the figures about live requests come from. Thread-safe. */
@FunctionalInterface
public interface LiveTraffic {

  /** Begins to count the requests to a release. */
  Counter watch(Release release);

  /** What was counted since the watch began. */
  @FunctionalInterface
  interface Counter {
    /** Returns the counts; empty if nobody may count, which is not the same as no requests. */
    Optional<LiveWindow> count();
  }

  /** Returns a source without figures: then only the device's own probes are counted. */
  static LiveTraffic none() {
    return release -> Optional::empty;
  }

  /**
   * Returns what telemetry records, as long as there is consent for it. The models must be loaded
   * by a {@link io.edgellm.telemetry.MeteredModelLoader}.
   */
  static LiveTraffic of(Telemetry telemetry) {
    return release -> {
      Optional<CohortWindow> window =
          telemetry.window(labels -> labels.isOf(release.model(), release.version()));
      return () -> window.flatMap(CohortWindow::stats).map(LiveTraffic::windowOf);
    };
  }

  private static LiveWindow windowOf(CohortStats stats) {
    return new LiveWindow(
        stats.requests() - stats.requests(Outcome.CANCELLED),
        stats.errors(),
        stats.prefillDuration());
  }
}
