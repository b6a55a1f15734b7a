package io.edgellm.inference.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CheckSettingsTest {
  private static final CheckSettings SETTINGS = CheckSettings.DEFAULT;

  @Test
  void nameTheNumberThatHasNoMeaning() {
    refuses("threads", () -> SETTINGS.withThreads(0));
    refuses("windowTokens", () -> SETTINGS.withWindows(1, 1));
    refuses("strideTokens", () -> SETTINGS.withWindows(512, 513));
    refuses("strideTokens", () -> SETTINGS.withWindows(512, 0));
    refuses("maxTokens", () -> SETTINGS.withMaxTokens(1));
    refuses("maxAnswerTokens", () -> SETTINGS.withMaxAnswerTokens(0));
    refuses("deadline", () -> SETTINGS.withDeadline(Duration.ofSeconds(-1)));
  }

  @Test
  void keepWhatIsNotChanged() {
    CheckSettings changed =
        SETTINGS.withThreads(3).withWindows(64, 32).withDeadline(Duration.ofHours(1));

    assertThat(changed)
        .isEqualTo(
            new CheckSettings(
                3, 64, 32, SETTINGS.maxTokens(), SETTINGS.maxAnswerTokens(), Duration.ofHours(1)));
  }

  private static void refuses(String name, Runnable change) {
    assertThatThrownBy(change::run)
        .isInstanceOfSatisfying(DriftException.class, e -> assertThat(e.subject()).hasValue(name));
  }
}
