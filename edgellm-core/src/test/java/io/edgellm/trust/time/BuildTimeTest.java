package io.edgellm.trust.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class BuildTimeTest {
  @Test
  void theBuildFillsItIn() {
    assertThat(BuildTime.ofThisLibrary()).isAfter(Instant.parse("2025-12-31T00:00:00Z"));
  }

  @Test
  void readsBothFormsThatMavenKnows() {
    assertThat(BuildTime.parse("2026-01-01T02:00:00+02:00")).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(BuildTime.parse("1767225600")).isEqualTo("2026-01-01T00:00:00Z");
  }

  @Test
  void saysThatItWasNotFilledIn() {
    assertThatThrownBy(() -> BuildTime.parse("${project.build.outputTimestamp}"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("project.build.outputTimestamp");
  }
}
