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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A site of twenty nodes and more, in virtual time. */
final class SitePlanTest {
  private static final int NODES = 20;
  private static final int CHUNKS = 40;
  private static final int SEEDS = 4;
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
    return overSeeds(4, site -> {});
  }

  @TestFactory
  List<DynamicTest> nodesThatDieCostHardlyMore() {
    return overSeeds(
        4,
        site -> {
          for (int i = 0; i < 3; i++) {
            site.kill(site.nodes.get(i), Duration.ofMillis(2000 + site.random.nextInt(2000)));
          }
        });
  }

  @TestFactory
  List<DynamicTest> nodesThatComeLateCostNothing() {
    return overSeeds(
        4,
        site -> {
          site.add(Manners.GOOD, Duration.ofSeconds(3));
          site.add(Manners.GOOD, Duration.ofSeconds(4));
          site.add(Manners.GOOD, Duration.ofSeconds(60));
        });
  }

  @TestFactory
  List<DynamicTest> maliciousNodesCostHardlyMore() {
    return overSeeds(
        4,
        site -> {
          site.add(Manners.WRONG_BYTES, Duration.ZERO);
          site.add(Manners.IDLE, Duration.ZERO);
          site.add(Manners.CLAIMS, Duration.ZERO);
        });
  }

  @ParameterizedTest
  @EnumSource(Manners.class)
  void threeNodesOfAKindDoNotKeepASiteFromItsFile(Manners manners) {
    SimulatedSite site = site(7);
    for (int i = 0; i < 3; i++) {
      site.add(manners, Duration.ZERO);
    }

    Duration time = site.run(LONG);

    assertThat(site.nodes)
        .filteredOn(node -> node.manners == Manners.GOOD)
        .allMatch(node -> node.finished)
        .allMatch(node -> node.wrongBytes <= 3 * Reputation.STRIKES)
        .allMatch(node -> node.stalled <= 3 * Reputation.STRIKES);
    assertThat(time).isLessThan(Duration.ofMinutes(2));
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
  void aDeviceThatMayNotAskTheOriginTakesFromTheOthers() {
    SimulatedSite site = site(3);
    site.nodes.get(0).hasOrigin = false;

    site.run(LONG);

    assertThat(site.nodes).allMatch(node -> node.finished);
    assertThat(site.nodes.get(0).fetched).isZero();
  }

  @Test
  void withAnEdgeCacheNoDeviceAsksTheOrigin() {
    SimulatedSite site = new SimulatedSite(Settings.of(CHUNKS), SiteOptions.defaults(), 2);
    Node cache = site.addEdgeCache(Duration.ZERO);
    for (int i = 0; i < 5; i++) {
      site.add(Manners.GOOD, Duration.ofMillis(500));
    }

    site.run(LONG);

    assertThat(site.nodes).allMatch(node -> node.finished);
    assertThat(cache.fetched).isEqualTo(CHUNKS).isEqualTo(site.originChunks);
  }

  @Test
  void devicesGoOnWithoutAnEdgeCacheThatDies() {
    SimulatedSite site = new SimulatedSite(Settings.of(CHUNKS), SiteOptions.defaults(), 2);
    Node cache = site.addEdgeCache(Duration.ZERO);
    for (int i = 0; i < 5; i++) {
      site.add(Manners.GOOD, Duration.ofMillis(500));
    }
    site.kill(cache, Duration.ofSeconds(2));

    site.run(LONG);

    assertThat(site.nodes).allMatch(node -> node.finished || node == cache);
    assertThat(site.originChunks).isBetween(CHUNKS, CHUNKS + 3);
  }

  @Test
  void theSameSeedGivesTheSameCourse() {
    SimulatedSite first = site(5);
    SimulatedSite second = site(5);

    assertThat(first.run(LONG)).isEqualTo(second.run(LONG));
    assertThat(first.originRequests).isEqualTo(second.originRequests);
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
