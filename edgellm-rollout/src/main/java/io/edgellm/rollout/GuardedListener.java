package io.edgellm.rollout;

import io.edgellm.rollout.device.DeviceEvent;
import io.edgellm.rollout.device.DeviceState;
import io.edgellm.rollout.gate.GateResult;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what a host's listener throws away from the rollout, which has steps to finish. */
final class GuardedListener implements RolloutListener {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedListener.class);

  private final RolloutListener listener;

  GuardedListener(RolloutListener listener) {
    this.listener = listener;
  }

  @Override
  public void onChange(DeviceState from, DeviceEvent event, DeviceState to) {
    tell(() -> listener.onChange(from, event, to));
  }

  @Override
  public void onLook(List<GateResult> results) {
    tell(() -> listener.onLook(results));
  }

  @Override
  public void onIgnored(DeviceEvent event, String why) {
    tell(() -> listener.onIgnored(event, why));
  }

  private static void tell(Runnable news) {
    try {
      news.run();
    } catch (RuntimeException e) {
      LOG.debug("The listener failed; the rollout goes on", e);
    }
  }
}
