package io.edgellm.inference.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.llm.InferenceException;
import io.edgellm.llm.InferenceException.Reason;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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
        "{{ 9 ** 99999 }}",
        "{{ 9 ** 99 ** 99 ** 99 }}",
        "{% set ns = namespace(n=9) %}{% for i in range(40) %}{% set ns.n = ns.n * ns.n %}{% endfor %}",
        "{{ range(99999999) }}",
        "{{ range(-9223372036854775807, 9223372036854775807) }}",
        "{% set ns = namespace(l=[]) %}"
            + "{% for i in range(99999) %}{% set ns.l = ns.l + [i] %}{% endfor %}",
        "{% set ns = namespace(l=[]) %}"
            + "{% for i in range(99) %}{% set ns.l = ns.l + ['x' * 4000000] %}{% endfor %}",
        "{% set ns = namespace(p=0) %}{% for i in range(99999) %}{% for j in range(99) %}"
            + "{% set ns.p = namespace(p=ns.p, q=ns.p) %}{% endfor %}{% endfor %}",
        "{% set ns = namespace(l=(1, 2)) %}"
            + "{% for i in range(60) %}{% set ns.l = (ns.l, ns.l) %}{% endfor %}{{ {ns.l: 1} }}",
        "{% set a = namespace(l=[1]) %}{% set b = namespace(l=[1]) %}{% for i in range(60) %}"
            + "{% set a.l = [a.l, a.l] %}{% set b.l = [b.l, b.l] %}{% endfor %}{{ a.l == b.l }}",
        "{% set a = namespace(l=[1]) %}{% set b = namespace(l=[1]) %}{% for i in range(60) %}"
            + "{% set a.l = [a.l, a.l] %}{% set b.l = [b.l, b.l] %}{% endfor %}{{ a.l < b.l }}",
        "{% set s = 'ab' * 2000000 %}{% for i in range(99999) %}{% if s[i:] %}{% endif %}{% endfor %}",
        "{% set s = 'a' * 2000000 %}{% set t = 'a' * 1000000 ~ 'b' %}"
            + "{% for i in range(999) %}{{ s.count(t) }}{{ t in s }}{{ s.rfind(t) }}{% endfor %}",
        "{% set s = 'a' * 2000000 %}{% for i in range(99999) %}{{ s.strip('b') }}{% endfor %}",
        "{% set s = 'a ' * 200000 %}{% for i in range(999) %}{% if s.split() %}{% endif %}{% endfor %}",
        "{% for c in 'a' * 4000000 %}{% endfor %}",
        "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{% macro m() %}{{ caller() }}{{ caller() }}{% endmacro %}"
            + "{% macro n(i) %}{% call m() %}{{ n(i) }}{% endcall %}{% endmacro %}{{ n(1) }}",
        "{{ '{:{}}'.format(1, 999999999) }}",
        "{{ '%*d' % (999999999, 1) }}",
        "{{ '%.999999999f'|format(1.5) ~ 'a' * 999999999 }}",
        "{{ 'a'.ljust(999999999) }}",
        "{{ 'a'.zfill(999999999) }}",
        "{{ '\t'.expandtabs(999999999) }}",
        "{{ ['a']|batch(999999999, 'b')|list }}",
        "{{ ['a']|slice(999999999)|list }}",
        "{{ [1, [2, [3]]]|tojson(indent='x' * 4000000) }}",
        "{{ ['a' * 4000000]|tojson(indent='x' * 4000000) }}",
        "{{ ('<' * 4000000)|e }}"
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
        "{% from 'x' import y %}",
        "{% block x %}{% endblock %}",
        "{% autoescape true %}{% endautoescape %}",
        "{% trans %}x{% endtrans %}",
        "{% foo %}",
        "{{ x|random }}",
        "{{ x|urlize }}",
        "{{ x is foo }}",
        "{% do x %}",
        "{% if x %}{% for y in z %}{{ y|foo }}{% endfor %}{% endif %}",
        "{% if x %}{% set y | foo %}{% endset %}{% endif %}",
        "{% filter foo %}{% endfilter %}"
      })
  void refusesWhatItDoesNotRunWhenItParses(String source) {
    assertReason(Reason.MODEL_UNSUPPORTED, () -> Template.parse(source));
  }

  @Test
  void asksForAFilterUnderAConditionOnlyWhenItComesAlong() {
    String source =
        "{% if x %}{{ x|foo }}{% endif %}{{ (x|foo) if x else 1 }}{{ 1 if not (x is foo) }}";
    assertReason(Reason.TEMPLATE, () -> render(source, Map.of("x", true)));
    assertThat(text("{% if x %}{{ x|foo }}{% endif %}{{ (x|foo) if x else 1 }}", Map.of()))
        .isEqualTo("1");
    assertThatThrownBy(() -> render("{% if x %}\n {{ x|foo }}{% endif %}", Map.of("x", 1)))
        .hasMessageContaining("line 2, column 7: There is no filter 'foo'.");
  }

  @Test
  void namesWhatIsMissing() {
    assertThatThrownBy(() -> Template.parse("a {% include 'x' %}"))
        .hasMessageContaining("line 1, column 6: There is no statement 'include' here.");
    assertThatThrownBy(() -> Template.parse("{{ x|foo(1) }}"))
        .hasMessageContaining("line 1, column 6: There is no filter 'foo'.");
    assertThatThrownBy(() -> Template.parse("{{ x is not foo }}"))
        .hasMessageContaining("line 1, column 13: There is no test 'foo'.");
  }

  @Test
  void countsColumnsInCharactersBehindTabsLineEndsAndEmoji() {
    assertThatThrownBy(() -> Template.parse("a\r\n\t{{ '👋é' }}{{ x|foo }}"))
        .hasMessageContaining("line 2, column 17: ");
    assertThatThrownBy(() -> Template.parse("a\rb\n\n{{ ( }}")).hasMessageContaining("line 4, ");
    assertThatThrownBy(() -> render("{{ 1 }}\r\n👋\t{{ x.y.z }}", Map.of("x", Map.of())))
        .hasMessageContaining("line 2, column 9: ");
  }

  @Test
  void refusesATemplateThatIsTooLong() {
    assertThatThrownBy(() -> Template.parse("x".repeat((1 << 20) + 1)))
        .hasMessageContaining("has more than 1048576 characters");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% if x %}",
        "{% for x in y %}",
        "{{ ",
        "{% ",
        "{# ",
        "{% raw %}",
        "{",
        "{%- if x -%} ",
        "{% set x %}",
        "{% macro m() %}",
        "{% call m() %}",
        "{{ (",
        "{{ [",
        "{{ {",
        "{{ not ",
        "{{ -",
        "{{ x.",
        "{{ x|",
        "{{ x is ",
        "{{ 'a",
        "{{ 'a\\",
        "{{ 1.",
        "{{ 1_",
        "{{ x if ",
        "{{ x if y else ",
        "{% if x %}{% elif y %}",
        "{{ '\\x",
        "{%raw%}{%",
        "{#-",
        "  {% if x %}"
      })
  void refusesWhatIsRepeatedTooOftenInLinearTime(String part) {
    String source = part.repeat((1 << 19) / part.length());
    assertThatThrownBy(() -> Template.parse(source))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("line ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% if x %}{% endif %}",
        "{{ x }}",
        "{# x #}",
        "{% raw %}{% endraw %}",
        "  {% set x = 1 %}",
        "{{ 'a\\n' }}",
        "{{ 1_000.5e3 }}",
        "{% for x in y %}\n{% endfor %}",
        " {%- set x = 1 -%} "
      })
  void readsALongLineInLinearTime(String part) {
    String source = part.repeat((1 << 19) / part.length());
    assertThatCode(() -> Template.parse(source)).doesNotThrowAnyException();
  }

  @Test
  void readsAStringOfManyEscapes() {
    assertThat(text("{{ '" + "\\n".repeat(100_000) + "'|length }}", Map.of())).isEqualTo("100000");
  }

  @Test
  void rendersAConversationOfTwoHundredMessagesOfOneMegabyte() {
    String message =
        "{% for m in messages %}<|{{ m.role }}|>\n{{ m.content.strip() }}<|end|>{% endfor %}";
    List<Object> messages = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      messages.add(Map.of("role", "user", "content", "x ".repeat(2_500)));
    }
    assertThat(text(message, Map.of("messages", messages))).hasSizeGreaterThan(990_000);
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

  private static String text(String source, Map<String, ?> variables) {
    return render(source, variables).stream().map(TemplateSpan::text).collect(Collectors.joining());
  }

  private static List<TemplateSpan> render(String source, Map<String, ?> variables) {
    return Template.parse(source).render(variables, Clock.systemUTC(), TemplateLimits.DEFAULT);
  }
}
