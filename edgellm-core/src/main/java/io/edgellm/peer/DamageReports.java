package io.edgellm.peer;

import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the host of damaged files, on a daemon thread {@code edgellm-peer-damage} that lives as
 * long as there is something to tell: however long the host takes, and whatever it throws, uploads
 * go on.
 */
final class DamageReports {
  private static final Logger LOG = LoggerFactory.getLogger(DamageReports.class);

  private final Consumer<Artifact> host;
  private final Map<Sha256, Artifact> pending = new LinkedHashMap<>();
  private boolean running;

  DamageReports(Consumer<Artifact> host) {
    this.host = host;
  }

  /** Tells of a file soon; of one that is still to be told of, once. */
  synchronized void add(Artifact file) {
    pending.put(file.sha256(), file);
    if (!running) {
      Thread thread = new Thread(this::tell, "edgellm-peer-damage");
      thread.setDaemon(true);
      thread.start();
      running = true;
    }
  }

  private void tell() {
    for (Optional<Artifact> file = next(); file.isPresent(); file = next()) {
      try {
        host.accept(file.get());
      } catch (RuntimeException | Error e) {
        LOG.warn("the host has failed to take the report of a damaged file", e);
      }
    }
  }

  private synchronized Optional<Artifact> next() {
    Iterator<Artifact> files = pending.values().iterator();
    running = files.hasNext();
    if (!running) {
      return Optional.empty();
    }
    Artifact file = files.next();
    files.remove();
    return Optional.of(file);
  }
}
