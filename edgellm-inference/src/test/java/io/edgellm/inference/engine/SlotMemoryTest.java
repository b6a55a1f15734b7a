package io.edgellm.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlotMemoryTest {
  private static final int[] PROMPT = {1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2};
  private static final int MOST = PROMPT.length - 1;

  /**
   * What slots may hold: nothing, a little or a lot of the prompt, and something else behind it.
   */
  private static final List<int[]> HELD =
      List.of(
          new int[] {},
          new int[] {2, 2, 2},
          new int[] {1, 2, 1},
          new int[] {1, 2, 1, 9, 9},
          new int[] {1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2},
          new int[] {1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 9});

  private static final List<Integer> COMMON = List.of(0, 0, 3, 3, 12, 12);

  private record Slots(int first, int second, int third, int free) {
    List<Integer> held() {
      return List.of(first, second, third);
    }

    boolean isFree(int slot) {
      return (free >> slot & 1) == 1;
    }

    int length(int slot) {
      return HELD.get(held().get(slot)).length;
    }

    int common(int slot) {
      return COMMON.get(held().get(slot));
    }

    SlotMemory.Place choose(boolean canRewind, boolean canFork) {
      SlotMemory memory = new SlotMemory(3, canRewind, canFork);
      for (int slot = 0; slot < 3; slot++) {
        memory.begin(slot, HELD.get(held().get(slot)), null);
      }
      return memory.choose(PROMPT, MOST, null, this::length, this::isFree);
    }

    int bestInPlace(boolean canRewind) {
      int best = 0;
      for (int slot = 0; slot < 3; slot++) {
        boolean usable = canRewind || common(slot) == length(slot);
        best = isFree(slot) && usable ? Math.max(best, common(slot)) : best;
      }
      return best;
    }

    int best() {
      return Math.max(common(0), Math.max(common(1), common(2)));
    }
  }

  private static List<Slots> all() {
    List<Slots> all = new ArrayList<>();
    for (int first = 0; first < HELD.size(); first++) {
      for (int second = 0; second < HELD.size(); second++) {
        for (int third = 0; third < HELD.size(); third++) {
          for (int free = 1; free < 8; free++) {
            all.add(new Slots(first, second, third, free));
          }
        }
      }
    }
    return all;
  }

  @Test
  void takesTheFreeSlotThatHasMostOfThePrompt() {
    for (boolean canRewind : new boolean[] {true, false}) {
      for (Slots slots : all()) {
        SlotMemory.Place place = slots.choose(canRewind, false);
        assertThat(slots.isFree(place.slot())).as("%s", slots).isTrue();
        assertThat(place.from()).as("%s", slots).isEqualTo(place.slot());
        assertThat(place.tokens()).as("%s", slots).isEqualTo(slots.bestInPlace(canRewind));
      }
    }
  }

  @Test
  void copiesOnlyWhatIsWorthIt() {
    for (Slots slots : all()) {
      SlotMemory.Place place = slots.choose(true, true);
      assertThat(slots.isFree(place.slot())).as("%s", slots).isTrue();
      boolean copies = slots.best() >= slots.bestInPlace(true) + 8;
      assertThat(place.from() != place.slot()).as("%s", slots).isEqualTo(copies);
      assertThat(place.tokens())
          .as("%s", slots)
          .isEqualTo(copies ? slots.best() : slots.bestInPlace(true));
    }
  }

  @Test
  void takesTheSlotThatWasBegunLongestAgoIfNoneHasAnything() {
    assertThat(new Slots(1, 1, 1, 7).choose(true, true).slot()).isZero();
    assertThat(new Slots(1, 1, 1, 6).choose(true, true).slot()).isEqualTo(1);
  }

  @Test
  void usesNoCacheOfAnotherGroup() {
    SlotMemory memory = new SlotMemory(1, true, true);
    memory.begin(0, PROMPT, "adapter");
    assertThat(memory.choose(PROMPT, MOST, null, slot -> 16, slot -> true).tokens()).isZero();
    assertThat(memory.choose(PROMPT, MOST, "adapter", slot -> 16, slot -> true).tokens())
        .isEqualTo(MOST);
  }
}
