package io.edgellm.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.llm.Priority;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestQueueTest {
  private static final long STEP = RequestQueue.HEAD_START.toNanos();

  private record Arrival(int number, Priority priority, long at) {}

  private static List<Arrival> order(List<Arrival> arrivals) {
    RequestQueue<Arrival> queue = new RequestQueue<>();
    arrivals.forEach(a -> queue.add(a, a.priority(), a.at()));
    return queue.clear();
  }

  /** All ways in which so many requests arrive, at most one and a half head starts apart. */
  private static List<List<Arrival>> arrivals(int count) {
    List<List<Arrival>> all = new ArrayList<>();
    all.add(List.of());
    for (int i = 0; i < count; i++) {
      List<List<Arrival>> longer = new ArrayList<>();
      for (List<Arrival> before : all) {
        long last = before.isEmpty() ? Long.MAX_VALUE - 2 * STEP : before.get(i - 1).at();
        for (Priority priority : Priority.values()) {
          for (long gap : new long[] {0, STEP / 2, STEP, 3 * STEP / 2}) {
            List<Arrival> more = new ArrayList<>(before);
            more.add(new Arrival(i, priority, last + gap));
            longer.add(more);
          }
        }
      }
      all = longer;
    }
    return all;
  }

  @Test
  void takesThoseOfOnePriorityInTheOrderOfTheirArrival() {
    for (List<Arrival> arrivals : arrivals(4)) {
      for (Priority priority : Priority.values()) {
        assertThat(order(arrivals).stream().filter(a -> a.priority() == priority))
            .as("%s", arrivals)
            .isSortedAccordingTo(Comparator.comparingInt(Arrival::number));
      }
    }
  }

  @Test
  void letsAnUrgentRequestOvertakeWhatCameLessThanAHeadStartBefore() {
    for (List<Arrival> arrivals : arrivals(3)) {
      List<Arrival> order = order(arrivals);
      for (Arrival urgent : arrivals) {
        for (Arrival other : arrivals) {
          int steps = urgent.priority().compareTo(other.priority());
          long later = urgent.at() - other.at();
          if (steps > 0 && later < steps * STEP) {
            assertThat(order.indexOf(urgent)).as("%s", arrivals).isLessThan(order.indexOf(other));
          } else if (steps > 0 && later > steps * STEP) {
            assertThat(order.indexOf(urgent))
                .as("%s", arrivals)
                .isGreaterThan(order.indexOf(other));
          }
        }
      }
    }
  }

  @Test
  void losesNoneAndInventsNone() {
    for (List<Arrival> arrivals : arrivals(3)) {
      assertThat(order(arrivals)).containsExactlyInAnyOrderElementsOf(arrivals);
    }
  }

  @Test
  void keepsTheOrderOfTheOthersWhenOneIsTakenOut() {
    for (List<Arrival> arrivals : arrivals(3)) {
      for (Arrival removed : arrivals) {
        RequestQueue<Arrival> queue = new RequestQueue<>();
        arrivals.forEach(a -> queue.add(a, a.priority(), a.at()));
        List<Arrival> expected = new ArrayList<>(order(arrivals));
        expected.remove(removed);
        assertThat(queue.remove(removed)).isTrue();
        assertThat(queue.remove(removed)).isFalse();
        assertThat(queue.size()).isEqualTo(2);
        assertThat(queue.clear()).as("%s without %s", arrivals, removed).isEqualTo(expected);
      }
    }
  }

  @Test
  void hasNothingWhenItIsEmpty() {
    assertThat(new RequestQueue<Arrival>().poll()).isNull();
  }
}
