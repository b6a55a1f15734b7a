package io.edgellm.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.peer.SimulatedSite.Manners;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SitePlanTest {
  private static final Duration LONG = Duration.ofHours(1);

  @Test
  void measure() {
    for (int chunks : new int[] {40, 400}) {
      for (int unit : new int[] {1, 2, 4, 8, 16, 32}) {
        for (int dying : new int[] {0, 3}) {
          double requests = 0;
          double wan = 0;
          double worst = 0;
          double seconds = 0;
          int runs = 1;
          long t = System.nanoTime();
          for (int seed = 0; seed < runs; seed++) {
            SimulatedSite site =
                new SimulatedSite(
                    new SimulatedSite.Settings(chunks, unit, 10_000_000, 100_000_000),
                    SiteOptions.defaults(),
                    seed);
            for (int i = 0; i < 20; i++) {
              site.add(Manners.GOOD, Duration.ofMillis(site.random.nextInt(2000)));
            }
            for (int i = 0; i < dying; i++) {
              site.kill(
                  site.nodes.get(i), Duration.ofMillis(chunks * 50L + site.random.nextInt(1000)));
            }
            seconds += site.run(LONG).toMillis() / 1e3;
            requests += site.originRequests;
            wan += site.originChunks;
            worst = Math.max(worst, site.originChunks);
            for (var n : site.nodes)
              if (n.alive && !n.finished) System.out.println("not finished " + n.peer);
          }
          System.out.printf(
              "chunks %d unit %d dying %d: requests %.0f wan %.3f worst %.3f seconds %.1f (ideal %.1f) cpu/run %.2f%n",
              chunks,
              unit,
              dying,
              requests / runs,
              wan / runs / chunks,
              worst / chunks,
              seconds / runs,
              chunks * 1.048576 / 10,
              (System.nanoTime() - t) / 1e9 / runs);
        }
      }
    }
    assertThat(List.of()).isEmpty();
    new Random();
  }
}
