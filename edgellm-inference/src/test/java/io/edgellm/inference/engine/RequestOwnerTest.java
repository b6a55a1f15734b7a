package io.edgellm.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.llm.FinishReason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@link RequestEnd} in every order in which the scheduler and others can act. */
class RequestOwnerTest {
  private static final Ending CANCELLED = new Ending.Finish(FinishReason.CANCELLED);
  private static final Ending DEADLINE = new Ending.Finish(FinishReason.DEADLINE);

  private enum Act {
    HOLD,
    LET_GO,
    FINISH,
    CANCEL,
    EXPIRE
  }

  /** A request with what the scheduler and others do to it, and who was told to end it. */
  private static final class Story {
    private final RequestEnd end = new RequestEnd();
    private final List<Ending> told = new ArrayList<>();
    private boolean held;
    private @Nullable Ending firstWish;

    /** Returns whether the act is possible now. */
    boolean act(Act act) {
      switch (act) {
        case HOLD -> {
          if (held) {
            return false;
          }
          held = end.hold();
        }
        case LET_GO -> {
          if (!held) {
            return false;
          }
          held = false;
          Ending wish = end.letGo();
          if (wish != null) {
            told.add(wish);
          }
        }
        case FINISH -> {
          if (!held) {
            return false;
          }
          if (end.end()) {
            told.add(new Ending.Finish(FinishReason.END));
          }
        }
        case CANCEL -> ask(CANCELLED);
        case EXPIRE -> ask(DEADLINE);
      }
      return true;
    }

    private void ask(Ending why) {
      if (firstWish == null) {
        firstWish = why;
      }
      if (end.ask(why) == RequestEnd.Answer.YOURS) {
        told.add(why);
      }
    }
  }

  private static List<List<Act>> stories(int length) {
    List<List<Act>> all = List.of(List.of());
    for (int i = 0; i < length; i++) {
      List<List<Act>> longer = new ArrayList<>();
      for (List<Act> story : all) {
        for (Act act : Act.values()) {
          List<Act> more = new ArrayList<>(story);
          more.add(act);
          longer.add(more);
        }
      }
      all = longer;
    }
    return all;
  }

  @Test
  void endsEveryRequestOnceAndForTheFirstReason() {
    for (List<Act> acts : stories(6)) {
      Story story = new Story();
      boolean possible = acts.stream().allMatch(story::act);
      if (!possible) {
        continue;
      }
      if (story.held) {
        story.act(Act.LET_GO);
      }
      boolean asked = story.firstWish != null;
      boolean finished = story.told.contains(new Ending.Finish(FinishReason.END));
      assertThat(story.told).as("%s", acts).hasSize(asked || finished ? 1 : 0);
      if (!finished && asked) {
        assertThat(story.told).as("%s", acts).containsExactly(story.firstWish);
      }
      assertThat(story.end.hasEnded()).as("%s", acts).isEqualTo(asked || finished);
    }
  }

  @Test
  void isNotHeldOnceItHasEnded() {
    RequestEnd end = new RequestEnd();
    end.ask(CANCELLED);
    assertThat(end.hold()).isFalse();
  }
}
