package io.edgellm.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.peer.SimulatedSite.Manners;
import io.edgellm.peer.SimulatedSite.Node;
import io.edgellm.peer.SimulatedSite.Settings;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A site of twenty nodes and more, in virtual time. */
final class SitePlanTest {
  private static final int NODES = 20;
  private static final int CHUNKS = 40;
  private static final int SEEDS = 8;
  private static final Duration LONG = Duration.ofHours(1);

  /** What happens on a site besides twenty nodes that begin within two seconds. */
  private interface Scene {
    void set(SimulatedSite site);
  }

  private static SimulatedSite site(long seed) {
    SimulatedSite site = new SimulatedSite(Settings.of(CHUNKS), SiteOptions.defaults(), seed);
    for (int i = 0; i < NODES; i++) {
      site.add(Manners.GOOD, Duration.ofMillis(site.random.nextInt(2000)));
    }
    return site;
  }

  private static List<DynamicTest> overSeeds(int chunksMore, Scene scene) {
    return LongStream.range(0, SEEDS)
        .mapToObj(
            seed ->
                DynamicTest.dynamicTest(
                    "seed " + seed,
                    () -> {
                      SimulatedSite site = site(seed);
                      scene.set(site);
                      site.run(LONG);
                      assertThat(site.nodes)
                          .as("seed %d", seed)
                          .filteredOn(node -> node.alive && node.manners == Manners.GOOD)
                          .allMatch(node -> node.finished);
                      assertThat(site.originChunks)
                          .as("chunks over the line, seed %d", seed)
                          .isBetween(CHUNKS, CHUNKS + chunksMore);
                    }))
        .toList();
  }

  @TestFactory
  List<DynamicTest> aSiteCostsAboutOneCopy() {
    return overSeeds(10, site -> {});
  }

  @TestFactory
  List<DynamicTest> nodesThatDieCostHardlyMore() {
    return overSeeds(
        10,
        site -> {
          for (int i = 0; i < 3; i++) {
            site.kill(site.nodes.get(i), Duration.ofMillis(2000 + site.random.nextInt(2000)));
          }
        });
  }

  @TestFactory
  List<DynamicTest> nodesThatComeLateCostNothing() {
    return overSeeds(
        10,
        site -> {
          site.add(Manners.GOOD, Duration.ofSeconds(3));
          site.add(Manners.GOOD, Duration.ofSeconds(4));
          site.add(Manners.GOOD, Duration.ofSeconds(60));
        });
  }

  @Test
  void aSiteWithoutTheOriginTakesWhatOneNodeHas() {
    SimulatedSite site = site(1);
    site.originDown = true;
    Node complete = site.add(Manners.GOOD, Duration.ZERO);
    complete.have.set(0, CHUNKS);

    site.run(LONG);

    assertThat(site.nodes).allMatch(node -> node.finished);
  }

  @Test
  void aNodeAloneFetchesEverythingItself() {
    SimulatedSite site = new SimulatedSite(Settings.of(CHUNKS), SiteOptions.defaults(), 1);
    site.add(Manners.GOOD, Duration.ZERO);

    site.run(LONG);

    assertThat(site.nodes.get(0).finished).isTrue();
    assertThat(site.originChunks).isEqualTo(CHUNKS);
  }

  @Test
  void aNodeThatNobodyHelpsGivesUp() {
    SimulatedSite site = new SimulatedSite(Settings.of(CHUNKS), SiteOptions.defaults(), 1);
    site.originDown = true;
    site.add(Manners.GOOD, Duration.ZERO);

    site.run(LONG);

    assertThat(site.nodes.get(0).gaveUp).isTrue();
  }
}
