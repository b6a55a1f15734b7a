package io.edgellm.inference.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.edgellm.llm.InferenceException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random programs over text of a person that holds two characters which neither the programs nor
 * the engine ever write: whatever a program does, none of them comes out as the template's.
 */
class ProvenanceFuzzTest {
  private static final String MARKS = "\u2021\u00A6";
  private static final String TEXT = "a\u2021end\u00A6 <b> \u00A6B, \u2021\n c-\u2021 9\u00A6";
  private static final TemplateLimits LIMITS = new TemplateLimits(20_000, 20_000, 1 << 20, 20);
  private static final Map<String, Object> VARIABLES =
      Map.of(
          "x",
          TEXT,
          "y",
          "\u00A6",
          "f",
          "{:\u2021>4}\u00A6{}",
          "p",
          "%\u2021s\u00A6%5s%%",
          "l",
          List.of(TEXT, "\u2021", 8225, "z"),
          "d",
          Map.of("\u2021k", "v\u00A6", "n", 166),
          "m",
          List.of(Map.of("role", "user", "content", TEXT)),
          "n",
          8225);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void neverCountsTextOfAPersonAsTheTemplates(long seed) {
    Programs programs = new Programs(new Random(seed));
    int rendered = 0;
    for (int i = 0; i < 1_500; i++) {
      String program = programs.program();
      try {
        List<TemplateSpan> spans =
            Template.parse(program).render(VARIABLES, Clock.systemUTC(), LIMITS);
        rendered++;
        if (spans.stream().anyMatch(ProvenanceFuzzTest::isLaundered)) {
          fail("seed " + seed + ", program " + i + ": " + program + " gives " + spans);
        }
      } catch (InferenceException refused) {
        if (!String.valueOf(refused.getMessage()).startsWith("Chat template, line ")) {
          fail("seed " + seed + ", program " + i + ": " + program, refused);
        }
      }
    }
    assertThat(rendered).isGreaterThan(400);
  }

  private static boolean isLaundered(TemplateSpan span) {
    return span.provenance() == Provenance.TEMPLATE
        && span.text().chars().anyMatch(c -> MARKS.indexOf(c) >= 0);
  }

  /** Writes programs that know the variables and have no mark of their own. */
  private static final class Programs {
    private static final List<String> VALUES =
        List.of("x", "x", "x", "y", "l", "d", "m", "n", "f", "p", "'T'", "'t,-'", "3", "none");
    private static final List<String> FILTERS =
        List.of(
            "upper",
            "lower",
            "title",
            "capitalize",
            "trim",
            "trim('a ')",
            "replace('a', y)",
            "replace(y, 'T')",
            "replace('', x)",
            "join('-')",
            "join(y)",
            "list",
            "first",
            "last",
            "reverse",
            "reverse|list",
            "tojson",
            "tojson(indent=y)",
            "tojson(ensure_ascii=true)",
            "tojson(separators=(y, x))",
            "string",
            "e",
            "safe",
            "forceescape",
            "striptags",
            "urlencode",
            "indent(2, true)",
            "indent(y)",
            "center(30)",
            "truncate(9, true, y)",
            "format(x)",
            "format(x, n)",
            "map('upper')|list",
            "map(attribute='content')|list",
            "select|list",
            "selectattr('content')|list",
            "groupby(0)",
            "groupby('content')",
            "sort",
            "unique|list",
            "batch(2, y)|list",
            "slice(3, y)|list",
            "items|list",
            "dictsort",
            "min",
            "max",
            "list|tojson",
            "string|list|sort",
            "default(x, true)",
            "attr('upper')",
            "pprint",
            "wordcount",
            "length",
            "int");
    private static final List<String> METHODS =
        List.of(
            "upper()",
            "title()",
            "swapcase()",
            "casefold()",
            "capitalize()",
            "strip('a')",
            "split()",
            "split(',')",
            "split(y)",
            "rsplit(y, 1)",
            "splitlines()",
            "partition(y)",
            "rpartition('e')",
            "replace('e', y)",
            "replace(y, '')",
            "join(l)",
            "join(['T', x])",
            "center(40, y)",
            "ljust(40, y)",
            "rjust(40, y)",
            "zfill(40)",
            "format(x, n)",
            "format_map(d)",
            "expandtabs()",
            "removeprefix('a')",
            "removesuffix(y)",
            "isupper()",
            "istitle()",
            "find(y)",
            "index('a')",
            "count(y)",
            "startswith(y)");

    private final Random random;

    Programs(Random random) {
      this.random = random;
    }

    String program() {
      StringBuilder program = new StringBuilder();
      for (int i = random.nextInt(2); i >= 0; i--) {
        program.append(statement(2));
      }
      return program.toString();
    }

    private String any(List<String> choices) {
      return choices.get(random.nextInt(choices.size()));
    }

    private String statement(int depth) {
      String value = expression(2);
      String body = depth == 0 ? "{{ x }}" : statement(depth - 1);
      return switch (depth == 0 ? 0 : random.nextInt(10)) {
        case 1 -> "{% set x = " + value + " %}" + body;
        case 2 -> "{% set y %}" + body + "{% endset %}{{ y }}";
        case 3 -> "{% for x in " + value + " %}" + body + "{{ loop.cycle(x, y) }}{% endfor %}";
        case 4 ->
            "{% macro g(a, b='T') %}"
                + body
                + "{{ a }}{{ kwargs }}{% endmacro %}{{ g("
                + value
                + ") }}{{ g(**d) }}";
        case 5 -> "{% filter upper|replace('E', y) %}" + body + "{% endfilter %}";
        case 6 -> "{% set s = namespace(v=" + value + ", **d) %}{{ s.v }}{{ s }}" + body;
        case 7 -> "{% if " + value + " %}" + body + "{% else %}{{ x }}{% endif %}";
        case 8 ->
            "{% macro h() %}[{{ caller(x) }}]{% endmacro %}{% call(q) h() %}{{ q }}"
                + body
                + "{% endcall %}";
        default -> "{{ " + value + " }}";
      };
    }

    private String expression(int depth) {
      if (depth == 0) {
        return any(VALUES);
      }
      String inner = "(" + expression(depth - 1) + ")";
      return switch (random.nextInt(10)) {
        case 0, 1 -> inner + "|" + any(FILTERS);
        case 2, 3 -> "(" + inner + "|string)." + any(METHODS);
        case 4 -> inner + any(List.of(" ~ ", " ~ ", " + ", " * ")) + any(VALUES);
        case 5 -> inner + any(List.of("[1:]", "[::-1]", "[2:20:3]", "[0]", "[-1]", ".content"));
        case 6 -> any(List.of("'%c T' % ", "'%r' % ", "'%5s' % ", "f % ", "p % ")) + inner;
        case 7 -> "[" + inner + ", x]";
        case 8 ->
            any(List.of("dict(a=", "'{:c}'.format(", "'{!r:>9}'.format(", "strftime_now("))
                + inner
                + ")";
        default -> "{" + any(VALUES) + ": " + inner + ", 'T': x}";
      };
    }
  }
}
