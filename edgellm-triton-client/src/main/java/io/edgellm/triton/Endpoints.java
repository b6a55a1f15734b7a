package io.edgellm.triton;

import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The addresses of equivalent servers. All calls go to one of them until it fails; the next attempt
 * and the calls after it go to the next.
 */
final class Endpoints {
  private final List<URI> bases;
  private final AtomicInteger preferred = new AtomicInteger();

  Endpoints(List<URI> bases) {
    this.bases = List.copyOf(bases);
  }

  int count() {
    return bases.size();
  }

  URI current() {
    return bases.get(preferred.get());
  }

  void failed(URI base) {
    int at = bases.indexOf(base);
    preferred.compareAndSet(at, (at + 1) % bases.size());
  }
}
