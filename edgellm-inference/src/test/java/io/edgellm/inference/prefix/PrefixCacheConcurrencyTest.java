package io.edgellm.inference.prefix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several models and threads, little memory, a small disk: what is restored is always right. */
class PrefixCacheConcurrencyTest {
  private static final long SEED = 20_270_811;
  private static final int THREADS = 4;
  private static final int REQUESTS = 400;
  private static final int SYSTEMS = 6;

  private final Images memory = new Images();
  private final Path directory;

  PrefixCacheConcurrencyTest(@TempDir Path temporary) {
    this.directory = temporary.resolve("prefixes");
  }

  @Test
  void restoresOnlyWhatIsRightAndFreesAll() throws Exception {
    ExecutorService disk = Executors.newSingleThreadExecutor();
    ExecutorService models = Executors.newFixedThreadPool(THREADS);
    PrefixCacheOptions options =
        PrefixCacheOptions.inMemory(Images.bytes(200)).withDirectory(directory, 4_000);
    PrefixCache cache = new PrefixCache(options, memory, disk, InstantSource.system());
    try {
      List<Future<Integer>> threads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        long seed = SEED + i;
        ModelKey model = Images.model("model " + i % 2);
        threads.add(models.submit(() -> requests(cache, model, seed)));
      }
      int hits = 0;
      for (Future<Integer> thread : threads) {
        hits += thread.get();
      }
      PrefixCacheStatistics now = cache.statistics();
      assertThat(hits).as("seed " + SEED).isPositive();
      assertThat(now.hostHits() + now.diskHits()).isEqualTo(hits);
      assertThat(now.refusals()).isEmpty();
    } finally {
      models.shutdown();
      cache.close();
      disk.shutdown();
      assertThat(disk.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }
    assertThat(memory.living()).isZero();
    assertThat(cache.statistics().diskBytes()).isLessThanOrEqualTo(4_000);
  }

  private static int requests(PrefixCache cache, ModelKey model, long seed) {
    Random random = new Random(seed);
    int hits = 0;
    for (int i = 0; i < REQUESTS; i++) {
      int system = random.nextInt(SYSTEMS);
      int[] prompt =
          Images.prompt("system " + system, 40 + 10 * system, random.nextInt(), random.nextInt());
      hits += Images.saved(cache, model, prompt) > 0 ? 1 : 0;
      int boundary = cache.boundary(model, prompt, 0);
      if (boundary > 0) {
        Images.keep(cache, model, prompt, boundary);
      }
      if (random.nextInt(100) == 0) {
        cache.detach(model);
      }
    }
    return hits;
  }
}
