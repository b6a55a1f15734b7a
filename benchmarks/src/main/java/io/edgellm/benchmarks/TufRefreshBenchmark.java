package io.edgellm.benchmarks;

import io.edgellm.trust.tuf.TufClient;
import io.edgellm.trust.tuf.TufLimits;
import io.edgellm.trust.tuf.TufStore;
import io.edgellm.trust.tuf.TufTarget;
import io.edgellm.trust.tuf.TufVersions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs a device to learn what is current, the network left out: 1,000 targets in one role,
 * one Ed25519 signature for each role, the cache on the disk.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 20, time = 250, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class TufRefreshBenchmark {
  private static final int TARGETS = 1_000;
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

  private final MemoryTufRepository repository;
  private final Path directory;
  private final TufClient warm;
  private int caches;

  /** Publishes. */
  public TufRefreshBenchmark() {
    try {
      repository = MemoryTufRepository.withTargets(TARGETS);
      directory = Files.createTempDirectory("tuf-benchmark-");
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
    warm = client("warm");
  }

  private TufClient client(String cache) {
    return new TufClient(
        repository.pinnedRoot(),
        repository,
        TufStore.at(directory.resolve(cache)),
        TufLimits.defaults(),
        () -> NOW);
  }

  /** Fills the cache. */
  @Setup
  public void refreshOnce() {
    warm.refresh();
  }

  /** Deletes all caches. */
  @TearDown
  public void delete() throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(directory)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.delete(file);
    }
  }

  /** Nothing is new; everything is verified again. */
  @Benchmark
  public TufVersions refreshWithAWarmCache() {
    return warm.refresh();
  }

  /** The same from the cache alone. */
  @Benchmark
  public TufVersions resume() {
    return warm.resume(Duration.ZERO);
  }

  /** The first refresh of a device, with what it forces to the disk. */
  @Benchmark
  public TufVersions firstRefresh() {
    return client("cold-" + caches++).refresh();
  }

  /** One target of the thousand, after a refresh. */
  @Benchmark
  public Optional<TufTarget> findTarget() {
    return warm.findTarget(MemoryTufRepository.target(TARGETS / 2));
  }
}
