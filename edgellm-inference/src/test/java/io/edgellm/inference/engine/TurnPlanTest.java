package io.edgellm.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Over every state of three slots in two groups, after every turn that may have gone before. */
class TurnPlanTest {
  private static final int SLOTS = 3;

  /** All lists of so many things. */
  private static <T> List<List<T>> all(List<T> things, int length) {
    List<List<T>> all = List.of(List.of());
    for (int i = 0; i < length; i++) {
      all =
          all.stream()
              .flatMap(
                  list ->
                      things.stream()
                          .map(thing -> Stream.concat(list.stream(), Stream.of(thing)).toList()))
              .toList();
    }
    return all;
  }

  private record Situation(List<SlotState> before, List<SlotState> now, List<String> groups) {
    TurnPlan plan() {
      TurnPlan plan = new TurnPlan(SLOTS);
      choose(plan, before);
      choose(plan, now);
      return plan;
    }

    void choose(TurnPlan plan, List<SlotState> states) {
      plan.choose(states.toArray(SlotState[]::new), groups.toArray());
    }

    String text() {
      return before + " then " + now + " in " + groups;
    }

    BitSet in(SlotState state) {
      BitSet slots = new BitSet();
      for (int slot = 0; slot < SLOTS; slot++) {
        slots.set(slot, now.get(slot) == state);
      }
      return slots;
    }
  }

  private static void everywhere(Consumer<Situation> check) {
    List<List<SlotState>> states = all(List.of(SlotState.values()), SLOTS);
    for (List<SlotState> before : states) {
      for (List<SlotState> now : states) {
        for (List<String> groups : all(List.of("one", "other"), SLOTS)) {
          check.accept(new Situation(before, now, groups));
        }
      }
    }
  }

  private static List<Integer> decoders(TurnPlan plan) {
    List<Integer> decoders = new ArrayList<>();
    for (int i = 0; i < plan.decoderCount(); i++) {
      decoders.add(plan.decoder(i));
    }
    return decoders;
  }

  @Test
  void decodesAllOfOneGroupAndNothingElse() {
    everywhere(
        situation -> {
          List<Integer> decoders = decoders(situation.plan());
          BitSet wanting = situation.in(SlotState.DECODING);
          if (wanting.isEmpty()) {
            assertThat(decoders).as(situation.text()).isEmpty();
            return;
          }
          String group = situation.groups().get(decoders.get(0));
          List<Integer> ofTheGroup =
              wanting.stream()
                  .filter(slot -> situation.groups().get(slot).equals(group))
                  .boxed()
                  .toList();
          assertThat(decoders).as(situation.text()).isEqualTo(ofTheGroup);
        });
  }

  @Test
  void readsOneChunkIfThereIsOne() {
    everywhere(
        situation -> {
          BitSet wanting = situation.in(SlotState.READING);
          int reader = situation.plan().reader();
          assertThat(wanting.isEmpty() ? reader == -1 : wanting.get(reader))
              .as(situation.text())
              .isTrue();
        });
  }

  @Test
  void isIdleOnlyIfNothingCanRun() {
    everywhere(
        situation ->
            assertThat(situation.plan().isIdle())
                .as(situation.text())
                .isEqualTo(
                    situation.in(SlotState.DECODING).isEmpty()
                        && situation.in(SlotState.READING).isEmpty()));
  }

  @Test
  void letsNobodyWaitForMoreTurnsThanThereAreSlots() {
    everywhere(
        situation -> {
          TurnPlan plan = situation.plan();
          BitSet served = new BitSet();
          for (int turn = 0; turn < SLOTS; turn++) {
            situation.choose(plan, situation.now());
            decoders(plan).forEach(served::set);
            if (plan.reader() >= 0) {
              served.set(plan.reader());
            }
          }
          BitSet wanting = situation.in(SlotState.DECODING);
          wanting.or(situation.in(SlotState.READING));
          assertThat(served).as(situation.text()).isEqualTo(wanting);
        });
  }

  @Test
  void givesGroupsTheirTurnsAlike() {
    Object[] groups = {"one", "other", "one"};
    SlotState[] states = {SlotState.DECODING, SlotState.DECODING, SlotState.DECODING};
    TurnPlan plan = new TurnPlan(SLOTS);
    List<List<Integer>> turns = new ArrayList<>();
    for (int turn = 0; turn < 4; turn++) {
      plan.choose(states, groups);
      turns.add(decoders(plan));
    }
    assertThat(turns).containsExactly(List.of(0, 2), List.of(1), List.of(0, 2), List.of(1));
  }
}
