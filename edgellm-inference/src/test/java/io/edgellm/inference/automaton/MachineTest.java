package io.edgellm.inference.automaton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Languages that are given by the states and steps of whoever reads them. */
final class MachineTest {

  @Test
  void acceptsWhatTheMachineAccepts() {
    Language evenOnes =
        Language.recognizedBy("01", state -> state == 0, (state, digit) -> (state + digit) % 2);
    assertThat(evenOnes.contains("")).isTrue();
    assertThat(evenOnes.contains("0110")).isTrue();
    assertThat(evenOnes.contains("010")).isFalse();
    assertThat(evenOnes.contains("02")).isFalse();
  }

  @Test
  void endsWhereNoStepLeadsOn() {
    Language once =
        Language.recognizedBy("a", state -> state == 1, (state, a) -> state == 0 ? 1 : -1);
    assertThat(once).isEqualTo(Language.text("a"));
  }

  @Test
  void refusesAMachineWithoutEnd() {
    assertThatThrownBy(() -> Language.recognizedBy("a", state -> true, (state, a) -> state + 1))
        .isInstanceOf(IllegalPatternException.class);
  }
}
