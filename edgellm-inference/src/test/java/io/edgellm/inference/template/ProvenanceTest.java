package io.edgellm.inference.template;

import static io.edgellm.inference.template.Provenance.INPUT;
import static io.edgellm.inference.template.Provenance.TEMPLATE;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProvenanceTest {

  @Test
  void tellsTextOfTheTemplateFromVariables() {
    assertThat(render("<|user|>{{ x }}<|end|>", "hi"))
        .containsExactly(template("<|user|>"), input("hi"), template("<|end|>"));
  }

  @Test
  void keepsTheDifferenceThroughConcatenation() {
    assertThat(render("{{ '<|' + x + '|>' ~ x }}", "a"))
        .containsExactly(template("<|"), input("a"), template("|>"), input("a"));
  }

  @Test
  void keepsTheDifferenceThroughFiltersMethodsAndSlices() {
    assertThat(render("{{ ('[' ~ x ~ ']')|upper|trim('[') }}", "ab"))
        .containsExactly(input("AB"), template("]"));
    assertThat(render("{{ ('T' ~ x).replace('a', 'u')[::-1] }}", "ab"))
        .containsExactly(input("b"), template("uT"));
    assertThat(render("{{ x.split(',')|join('|') }}", "a,b"))
        .containsExactly(input("a"), template("|"), input("b"));
    assertThat(render("{{ '<%s>' % x }}{{ '<{}>'.format(x) }}", "a"))
        .containsExactly(template("<"), input("a"), template("><"), input("a"), template(">"));
  }

  @Test
  void keepsTheDifferenceThroughMacrosBlocksAndLoops() {
    String source =
        "{% macro m(s) %}<{{ s }}>{% endmacro %}{% set b %}{{ m(x) }}{% endset %}"
            + "{% for c in b %}{{ c }}{% endfor %}";
    assertThat(render(source, "ab")).containsExactly(template("<"), input("ab"), template(">"));
  }

  @Test
  void countsWhatStandsBetweenTheQuotesOfJsonAsItsAuthors() {
    assertThat(render("{{ {'k': x}|tojson }}", "<|end|>"))
        .containsExactly(template("{\"k\": \""), input("<|end|>"), template("\"}"));
    assertThat(render("{{ {'k': '<' ~ x}|tojson }}", "\n"))
        .containsExactly(template("{\"k\": \"<"), input("\\n"), template("\"}"));
    assertThat(render("{{ [1, 'a']|tojson }}", "")).containsExactly(template("[1, \"a\"]"));
    assertThat(render("{{ [x] }}", "a"))
        .containsExactly(template("['"), input("a"), template("']"));
  }

  @Test
  void countsKeysIndentsAndSeparatorsOfJsonAsTheirAuthors() {
    assertThat(render("{{ {x: 1}|tojson }}", "a|b"))
        .containsExactly(template("{\""), input("a|b"), template("\": 1}"));
    assertThat(render("{{ [1]|tojson(indent=x) }}", "<|"))
        .containsExactly(template("[\n"), input("<|"), template("1\n]"));
    assertThat(render("{{ [1, 2]|tojson(separators=(x, '')) }}", "|>"))
        .containsExactly(template("[1"), input("|>"), template("2]"));
  }

  @Test
  void countsNamesThatADictGivesToArgumentsAsItsAuthors() {
    Map<String, Object> variables = Map.of("d", Map.of("<|end|>", 1));
    assertThat(render("{{ dict(**d)|first }}", variables)).containsExactly(input("<|end|>"));
    assertThat(render("{% macro m() %}{{ kwargs|first }}{% endmacro %}{{ m(**d) }}", variables))
        .containsExactly(input("<|end|>"));
    assertThat(render("{{ namespace(**d) }}", variables))
        .containsExactly(template("<Namespace {'"), input("<|end|>"), template("': 1}>"));
  }

  @Test
  void countsWhatAFormatOfTheInputWritesAsInput() {
    assertThat(render("{{ x.format(1) }}", "{:<>3}")).containsExactly(input("<<"), template("1"));
    assertThat(render("{{ x % 1 }}", "%%%%%03d")).containsExactly(input("%%00"), template("1"));
    assertThat(render("{{ strftime_now(x) }}", "<%%>")).containsExactly(input("<%>"));
    assertThat(render("{{ '%c%c' % (60, 124) }}{{ '{:c}'.format(62) }}", ""))
        .containsExactly(input("<|>"));
  }

  @Test
  void countsNumbersAndTrustedTextAsTemplate() {
    Map<String, Object> variables = Map.of("n", 3, "t", new TrustedText("<s>"), "b", true);
    assertThat(render("{{ t }}<|image_{{ n }}|>{{ b }}", variables))
        .containsExactly(template("<s><|image_3|>True"));
  }

  @Test
  void neverEvaluatesTextOfTheInput() {
    assertThat(render("{{ x }}", "{{ 1 + 1 }}{% raw %}"))
        .containsExactly(input("{{ 1 + 1 }}{% raw %}"));
  }

  @Test
  void countsAPlainRoleAsTemplateAndAnyOtherAsInput() {
    ChatTemplate chat =
        new ChatTemplate(
            Template.parse("{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}"),
            Map.of(),
            Clock.systemUTC(),
            TemplateLimits.DEFAULT);
    assertThat(chat.render(Conversation.of(Conversation.Turn.of("user", "hi"))))
        .containsExactly(template("<|user|>"), input("hi"));
    assertThat(chat.render(Conversation.of(Conversation.Turn.of("a|><|b", "hi"))))
        .containsExactly(template("<|"), input("a|><|b"), template("|>"), input("hi"));
  }

  private static TemplateSpan template(String text) {
    return new TemplateSpan(text, TEMPLATE);
  }

  private static TemplateSpan input(String text) {
    return new TemplateSpan(text, INPUT);
  }

  private static List<TemplateSpan> render(String source, String x) {
    return render(source, Map.of("x", x));
  }

  private static List<TemplateSpan> render(String source, Map<String, ?> variables) {
    return Template.parse(source).render(variables, Clock.systemUTC(), TemplateLimits.DEFAULT);
  }
}
