package io.edgellm.inference.prefix;

import static io.edgellm.inference.prefix.Images.keep;
import static io.edgellm.inference.prefix.Images.prompt;
import static io.edgellm.inference.prefix.Images.saved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Images in memory. */
class PrefixCacheTest {
  private static final ModelKey MODEL = Images.model("attention");
  private static final ModelKey RECURRENT = Images.model("recurrent", false);
  private static final int SYSTEM = 100;

  private final Images memory = new Images();
  private final PrefixCache cache = cache(Images.bytes(3 * SYSTEM));

  private PrefixCache cache(long hostBytes) {
    return new PrefixCache(
        PrefixCacheOptions.inMemory(hostBytes), memory, Runnable::run, InstantSource.system());
  }

  private static int[] ask(int... question) {
    return prompt("system", SYSTEM, question);
  }

  @Test
  void restoresWhatWasKept() {
    keep(cache, MODEL, ask(1, 2, 3), SYSTEM);
    assertThat(saved(cache, MODEL, ask(4, 5, 6))).isEqualTo(SYSTEM);
  }

  @Test
  void wantsAnImageOnceTwoPromptsParted() {
    assertThat(cache.boundary(MODEL, ask(1, 2), 0)).isZero();
    assertThat(cache.boundary(MODEL, ask(3, 4), 0)).isEqualTo(SYSTEM);
    keep(cache, MODEL, ask(3, 4), SYSTEM);
    assertThat(cache.boundary(MODEL, ask(5, 6), 0)).isZero();
  }

  @Test
  void wantsAnImageOfWhatIsMarkedAtOnceAndOnce() {
    assertThat(cache.boundary(MODEL, ask(1, 2), SYSTEM)).isEqualTo(SYSTEM);
    keep(cache, MODEL, ask(1, 2), SYSTEM);
    assertThat(cache.boundary(MODEL, ask(3, 4), SYSTEM)).isZero();
  }

  @Test
  void wantsNoImageBeyondThePrompt() {
    assertThat(cache.boundary(MODEL, ask(), SYSTEM + 7)).isEqualTo(SYSTEM);
  }

  @Test
  void servesAShorterPrefixOfAnImageThatIsDivisible() {
    int[] other = ask(1, 2);
    other[60]++;
    keep(cache, MODEL, ask(1, 2), SYSTEM);
    assertThat(saved(cache, MODEL, other)).isEqualTo(60);
  }

  @Test
  void servesOnlyTheWholeOfAnImageThatIsNotDivisible() {
    int[] other = ask(1, 2);
    other[60]++;
    keep(cache, RECURRENT, ask(1, 2), SYSTEM);
    assertThat(saved(cache, RECURRENT, other)).isZero();
    assertThat(saved(cache, RECURRENT, ask(3, 4))).isEqualTo(SYSTEM);
  }

  @Test
  void leavesTheLastTokenToBeRead() {
    keep(cache, MODEL, ask(), SYSTEM);
    keep(cache, RECURRENT, ask(), SYSTEM);
    assertThat(saved(cache, MODEL, ask())).isEqualTo(SYSTEM - 1);
    assertThat(saved(cache, RECURRENT, ask())).isZero();
    assertThat(cache.longest(MODEL, new int[0], 0)).isEmpty();
  }

  @Test
  void keepsModelsApart() {
    keep(cache, MODEL, ask(1, 2), SYSTEM);
    assertThat(saved(cache, Images.model("other"), ask(1, 2))).isZero();
  }

  @Test
  void doesNotRestoreWhatASlotHoldsNearlyAsMuchOf() {
    keep(cache, MODEL, ask(1, 2), SYSTEM);
    int fewest = PrefixCacheOptions.DEFAULT_FEWEST_TOKENS;
    assertThat(cache.longest(MODEL, ask(3, 4), SYSTEM - fewest + 1)).isEmpty();
    try (PrefixHit hit = cache.longest(MODEL, ask(3, 4), SYSTEM - fewest).orElseThrow()) {
      assertThat(hit.tokens()).isEqualTo(SYSTEM);
    }
  }

  @Test
  void doesNotSaveTwice() {
    keep(cache, MODEL, ask(1, 2), SYSTEM);
    cache.keep(
        MODEL,
        ask(3, 4),
        SYSTEM,
        Images.bytes(SYSTEM),
        into -> {
          throw new AssertionError("saved again");
        });
  }

  @Test
  void doesNotSaveWhatItCannotKeep() {
    cache.keep(
        MODEL,
        ask(1, 2),
        SYSTEM,
        Images.bytes(3 * SYSTEM) + 1,
        into -> {
          throw new AssertionError("saved for nothing");
        });
    assertThat(memory.living()).isZero();
  }

  @Test
  void staysWithinItsBoundAndFreesWhatLeaves() {
    for (int i = 0; i < 50; i++) {
      int[] tokens = prompt("system " + i, 40 + i);
      keep(cache, MODEL, tokens, tokens.length);
      PrefixCacheStatistics now = cache.statistics();
      assertThat(now.hostBytes()).isLessThanOrEqualTo(Images.bytes(3 * SYSTEM));
      assertThat(now.hostImages()).isEqualTo(memory.living());
    }
    assertThat(cache.statistics().hostEvictions()).isEqualTo(50 - memory.living());
  }

  @Test
  void keepsAnImageThatIsUsedWhateverComesOnce() {
    keep(cache, MODEL, ask(1, 2), SYSTEM);
    for (int i = 0; i < 50; i++) {
      assertThat(saved(cache, MODEL, ask(i))).isEqualTo(SYSTEM);
      keep(cache, MODEL, prompt("once " + i, SYSTEM), SYSTEM);
    }
  }

  @Test
  void freesAnImageThatWasDrivenOutOnlyAfterItsLastUse() {
    keep(cache, MODEL, ask(1, 2), SYSTEM);
    PrefixHit hit = cache.longest(MODEL, ask(3, 4), 0).orElseThrow();
    cache.detach(MODEL);
    assertThat(memory.living()).isEqualTo(1);
    Images.assertFits(hit, MODEL, ask(3, 4));
    hit.close();
    hit.close();
    assertThat(memory.living()).isZero();
    assertThatThrownBy(hit::image).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void keepsNothingWhenSavingFails() {
    assertThatThrownBy(
            () ->
                cache.keep(
                    MODEL,
                    ask(1, 2),
                    SYSTEM,
                    Images.bytes(SYSTEM),
                    into -> {
                      throw new IllegalStateException("the runtime failed");
                    }))
        .hasMessage("the runtime failed");
    assertThat(memory.living()).isZero();
    assertThat(saved(cache, MODEL, ask(3, 4))).isZero();
  }

  @Test
  void doesWithoutWhereThereIsNoMemory() {
    PrefixCache poor =
        new PrefixCache(
            PrefixCacheOptions.inMemory(1 << 20),
            bytes -> Optional.empty(),
            Runnable::run,
            InstantSource.system());
    keep(poor, MODEL, ask(1, 2), SYSTEM);
    assertThat(saved(poor, MODEL, ask(3, 4))).isZero();
  }

  @Test
  void dropsWhatIsSavedWhileAllIsCleared() {
    cache.keep(MODEL, ask(1, 2), SYSTEM, Images.bytes(SYSTEM), into -> cache.clear());
    assertThat(saved(cache, MODEL, ask(3, 4))).isZero();
    assertThat(memory.living()).isZero();
  }

  @Test
  void forgetsImagesAndPromptsWhenItIsCleared() {
    cache.boundary(MODEL, ask(1, 2), 0);
    keep(cache, MODEL, ask(1, 2), SYSTEM);
    cache.clear();
    assertThat(memory.living()).isZero();
    assertThat(saved(cache, MODEL, ask(3, 4))).isZero();
    assertThat(cache.boundary(MODEL, ask(3, 4), 0)).isZero();
    keep(cache, MODEL, ask(3, 4), SYSTEM);
    assertThat(saved(cache, MODEL, ask(5, 6))).isEqualTo(SYSTEM);
  }

  @Test
  void freesAllAndFindsNothingWhenItIsClosed() {
    keep(cache, MODEL, ask(1, 2), SYSTEM);
    cache.close();
    cache.close();
    assertThat(memory.living()).isZero();
    keep(cache, MODEL, ask(1, 2), SYSTEM);
    assertThat(saved(cache, MODEL, ask(3, 4))).isZero();
    assertThat(cache.boundary(MODEL, ask(5, 6), SYSTEM)).isZero();
    assertThat(memory.living()).isZero();
  }

  @Test
  void countsWhatItDid() {
    keep(cache, MODEL, ask(1, 2), SYSTEM);
    assertThat(saved(cache, MODEL, ask(3, 4))).isEqualTo(SYSTEM);
    assertThat(saved(cache, MODEL, prompt("another", SYSTEM))).isZero();
    assertThat(cache.longest(MODEL, ask(5, 6), SYSTEM + 1)).isEmpty();
    PrefixCacheStatistics now = cache.statistics();
    assertThat(now.hostHits()).isEqualTo(1);
    assertThat(now.misses()).isEqualTo(1);
    assertThat(now.slotHits()).isEqualTo(1);
    assertThat(now.savedTokens()).isEqualTo(2 * SYSTEM + 1);
    assertThat(now.hostImages()).isEqualTo(1);
    assertThat(now.hostBytes()).isEqualTo(Images.bytes(SYSTEM));
    assertThat(now.diskFault()).isEmpty();
  }
}
