package io.edgellm.inference.graph;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.llm.InferenceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuntimeGuardTest {
  @ParameterizedTest
  @ValueSource(strings = {"1.28.0", "1.28.1", "1.9.0", "1.16.3-rc1"})
  void startsARuntimeThatIsSilent(String version) {
    assertThatCode(() -> new RuntimeGuard(null, false).check(version)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.29.0", "1.30.1", "1.100.0", "2.0.0", "nightly"})
  void refusesARuntimeThatSendsUsageEvents(String version) {
    for (String variable : new String[] {null, "", "0", "true"}) {
      assertThatThrownBy(() -> new RuntimeGuard(variable, false).check(version))
          .isInstanceOf(InferenceException.class)
          .hasMessageContaining(version)
          .hasMessageContaining("ORT_DISABLE_TELEMETRY=1");
    }
  }

  @Test
  void startsItWhereTheEnvironmentKeepsItSilent() {
    assertThatCode(() -> new RuntimeGuard("1", false).check("1.29.0")).doesNotThrowAnyException();
  }

  @Test
  void startsItWhereTheHostAcceptsTheEvents() {
    assertThatCode(() -> new RuntimeGuard(null, true).check("1.29.0")).doesNotThrowAnyException();
  }
}
