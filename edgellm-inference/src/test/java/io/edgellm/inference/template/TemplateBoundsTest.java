package io.edgellm.inference.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.llm.InferenceException;
import io.edgellm.llm.InferenceException.Reason;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a template may not do, and how it is told. */
class TemplateBoundsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{{ 'x' * 99999999999 }}",
        "{{ [1] * 99999999999 }}",
        "{% set ns = namespace(s='xxxxxxxx') %}"
            + "{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
        "{% set ns = namespace(s=[1,2]) %}"
            + "{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{{ '%999999999s' % 1 }}",
        "{{ '{:>999999999}'.format(1) }}",
        "{{ 'a'.center(999999999) }}",
        "{{ 'a\nb'|indent(999999999) }}",
        "{{ [1]|tojson(indent=999999999) }}",
        "{{ 'aaaaaaaaaa'.replace('', 'b' * 9999999) }}",
        "{{ ('a' * 9999999).join('a' * 100) }}",
        "{% set ns = namespace(s=[1]) %}"
            + "{% for i in range(60) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s }}",
        "{% set ns = namespace(s=[1]) %}"
            + "{% for i in range(9999) %}{% set ns.s = [ns.s] %}{% endfor %}{{ ns.s|tojson }}",
        "{% set ns = namespace(s=[1]) %}{% for i in range(50000) %}{% set ns.s = [ns.s] %}"
            + "{% endfor %}{{ ns.s == ns.s[0] }}",
        "{{ 2 ** 99999999999 }}",
        "{{ range(99999999) }}"
      })
  void stopsATemplateThatDoesTooMuch(String source) {
    assertReason(Reason.TEMPLATE, () -> render(source, Map.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
        "{% block x %}{% endblock %}",
        "{{ x|random }}",
        "{{ x is foo }}",
        "{% do x %}"
      })
  void refusesWhatItDoesNotRunWhenItParses(String source) {
    assertReason(Reason.MODEL_UNSUPPORTED, () -> Template.parse(source));
  }

  @Test
  void refusesDeeplyNestedExpressionsAndBlocks() {
    String brackets = "{{ " + "(".repeat(5_000) + "1" + ")".repeat(5_000) + " }}";
    assertReason(Reason.MODEL_UNSUPPORTED, () -> Template.parse(brackets));
    String blocks = "{% if 1 %}".repeat(5_000) + "{% endif %}".repeat(5_000);
    assertReason(Reason.MODEL_UNSUPPORTED, () -> Template.parse(blocks));
    String sum = "{{ 1" + " + 1".repeat(50_000) + " }}";
    assertReason(Reason.MODEL_UNSUPPORTED, () -> Template.parse(sum));
    String calls = "{{ x" + "()".repeat(50_000) + " }}";
    assertReason(Reason.MODEL_UNSUPPORTED, () -> Template.parse(calls));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{{ ''.getClass() }}", "{{ x.class.name }}", "{{ x.__class__.__mro__ }}"})
  void seesNothingOfTheJvm(String source) {
    assertReason(Reason.TEMPLATE, () -> render(source, Map.of("x", "a")));
  }

  @Test
  void saysLineAndColumnOfASyntaxError() {
    assertThatThrownBy(() -> Template.parse("a\n  {{ 1 + }}"))
        .hasMessageContaining("line 2, column 10")
        .hasMessageContaining("found '}}'");
  }

  @Test
  void saysLineAndColumnOfAFailure() {
    assertThatThrownBy(() -> render("ok\n\n{{ 1 + x.y }}", Map.of("x", Map.of())))
        .isInstanceOfSatisfying(
            InferenceException.class, e -> assertThat(e.subject()).hasValue("line 3, column 6"));
  }

  @Test
  void givesTheMessageOfRaiseException() {
    assertThatThrownBy(() -> render("{{ raise_exception('Roles must alternate!') }}", Map.of()))
        .hasMessageContaining("Roles must alternate!");
  }

  @Test
  void refusesAVariableThatIsNotLikeJson() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> render("x", Map.of("x", new StringBuilder())));
  }

  @Test
  void refusesAVariableThatContainsItself() {
    List<Object> list = new ArrayList<>();
    list.add(list);
    assertThatIllegalArgumentException().isThrownBy(() -> render("x", Map.of("x", list)));
  }

  private static void assertReason(Reason reason, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            InferenceException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining("line ");
  }

  private static List<TemplateSpan> render(String source, Map<String, ?> variables) {
    return Template.parse(source).render(variables, Clock.systemUTC(), TemplateLimits.DEFAULT);
  }
}
