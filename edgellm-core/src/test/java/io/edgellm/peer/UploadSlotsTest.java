package io.edgellm.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class UploadSlotsTest {
  private final UploadSlots<String> slots = new UploadSlots<>(2, 3, 100);

  @Test
  void lettingSomeRunAndSomeWaitItRefusesTheRest() {
    assertThat(slots.ask("1", "a", 0)).isEqualTo(UploadSlots.Turn.NOW);
    assertThat(slots.ask("2", "a", 0)).isEqualTo(UploadSlots.Turn.NOW);
    assertThat(slots.ask("3", "a", 0)).isEqualTo(UploadSlots.Turn.WAIT);
    assertThat(slots.ask("4", "a", 0)).isEqualTo(UploadSlots.Turn.WAIT);
    assertThat(slots.ask("5", "a", 0)).isEqualTo(UploadSlots.Turn.WAIT);
    assertThat(slots.ask("6", "a", 0)).isEqualTo(UploadSlots.Turn.REFUSED);
  }

  @Test
  void aClientThatAsksMoreIsNotServedMore() {
    slots.ask("1", "greedy", 0);
    slots.ask("2", "greedy", 0);
    slots.ask("3", "greedy", 0);
    slots.ask("4", "greedy", 0);
    slots.ask("5", "modest", 0);

    slots.ended("1");

    assertThat(slots.next()).contains("5");
    assertThat(slots.next()).isEmpty();
  }

  @Test
  void whoWaitsTooLongIsSentAway() {
    slots.ask("1", "a", 0);
    slots.ask("2", "a", 0);
    slots.ask("3", "b", 10);

    assertThat(slots.expired(109)).isEmpty();
    assertThat(slots.expired(110)).containsExactly("3");
    slots.ended("1");
    assertThat(slots.next()).isEmpty();
  }
}
