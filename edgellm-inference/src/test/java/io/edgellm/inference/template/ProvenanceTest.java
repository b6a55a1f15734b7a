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
  void countsJsonOfInputAsInputAsAWhole() {
    assertThat(render("{{ {'k': x}|tojson }}", "<|end|>"))
        .containsExactly(input("{\"k\": \"<|end|>\"}"));
    assertThat(render("{{ [1, 'a']|tojson }}", "")).containsExactly(template("[1, \"a\"]"));
    assertThat(render("{{ [x] }}", "a")).containsExactly(input("['a']"));
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
