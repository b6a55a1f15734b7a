package io.edgellm.examples.quickstart;

import io.edgellm.examples.report.RolloutTimeline.Band;
import io.edgellm.rollout.RolloutListener;
import io.edgellm.rollout.device.Cause;
import io.edgellm.rollout.device.DeviceEvent;
import io.edgellm.rollout.device.DeviceState;
import io.edgellm.rollout.gate.GateResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Follows a device: tells every decision on the screen, and keeps it for the report. */
final class RolloutStory implements RolloutListener {
  /**
   * A decision, for the table of the report.
   *
   * @param at since the beginning
   * @param what the new state
   * @param why what led to it
   */
  record Chapter(Duration at, String what, String why) {}

  private final Screen screen;
  private final long beginNanos = System.nanoTime();
  private final List<Band> bands = new ArrayList<>();
  private final List<Chapter> chapters = new ArrayList<>();
  private String version = "none";
  private String state = "Idle";
  private Duration since = Duration.ZERO;
  private List<String> lastVerdicts = List.of();

  RolloutStory(Screen screen) {
    this.screen = screen;
  }

  @Override
  public synchronized void onChange(DeviceState from, DeviceEvent event, DeviceState to) {
    if (event instanceof DeviceEvent.Offered offered) {
      endBand();
      lastVerdicts = List.of();
      version = offered.offer().release().title();
    }
    if (!to.label().equals(state)) {
      endBand();
      state = to.label();
      Cause cause = causeOf(to);
      String why = cause == null ? event.getClass().getSimpleName() : cause.toString();
      chapters.add(new Chapter(since, state + " " + version, why));
      screen.say(
          String.format(
              Locale.ROOT, "%6.2f s  %-13s %s", seconds(since), state, cause == null ? "" : cause));
      if (to.underWay().isEmpty() && to.ledger().committed() != null) {
        version = to.ledger().committed().title();
      }
    }
  }

  @Override
  public synchronized void onLook(List<GateResult> results) {
    List<String> verdicts =
        results.stream().map(r -> r.verdict().getClass().getSimpleName()).toList();
    // A look every second says the same most of the time: told are changes, and the rest is in the
    // journal.
    if (!verdicts.equals(lastVerdicts)) {
      results.forEach(r -> screen.say("          gate " + r));
    }
    lastVerdicts = verdicts;
  }

  private void endBand() {
    Duration now = sinceBegin(System.nanoTime());
    bands.add(new Band(state, version, since, now));
    since = now;
  }

  private static @Nullable Cause causeOf(DeviceState state) {
    if (state instanceof DeviceState.RolledBack s) {
      return s.cause();
    }
    if (state instanceof DeviceState.RollingBack s) {
      return s.cause();
    }
    if (state instanceof DeviceState.Rejected s) {
      return s.cause();
    }
    return state instanceof DeviceState.SafeMode s ? s.cause() : null;
  }

  /** Returns the time of the story at a reading of {@link System#nanoTime()}. */
  Duration sinceBegin(long nanoTime) {
    return Duration.ofNanos(nanoTime - beginNanos);
  }

  /** Returns the states so far, the current one up to now. */
  synchronized List<Band> bands() {
    List<Band> all = new ArrayList<>(bands);
    all.add(new Band(state, version, since, sinceBegin(System.nanoTime())));
    return all;
  }

  synchronized List<Chapter> chapters() {
    return List.copyOf(chapters);
  }

  private static double seconds(Duration d) {
    return d.toNanos() / 1e9;
  }
}
