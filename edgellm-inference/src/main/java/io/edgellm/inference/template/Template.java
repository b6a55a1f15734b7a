package io.edgellm.inference.template;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A parsed template of the Jinja dialect of Hugging Face chat templates.
 *
 * <p>The dialect is jinja2 3.1 with {@code trim_blocks}, {@code lstrip_blocks}, the extension for
 * {@code break} and {@code continue}, {@code generation} blocks, {@code raise_exception}, {@code
 * strftime_now} and a {@code tojson} that escapes nothing for HTML. Includes, imports, inheritance
 * and translations do not exist. Whole numbers have 4,300 digits at most.
 *
 * <p>Immutable and safe for use by several threads; parse once and render often.
 */
public final class Template {
  private final Source source;
  private final List<Statement> statements;

  private Template(Source source, List<Statement> statements) {
    this.source = source;
    this.statements = statements;
  }

  /**
   * Parses a template.
   *
   * @throws io.edgellm.llm.InferenceException MODEL_INVALID if it is not well-formed,
   *     MODEL_UNSUPPORTED if it uses what this engine does not have; with line and column
   */
  public static Template parse(String text) {
    Source source = Source.of(text);
    return new Template(source, List.copyOf(Parser.parse(source)));
  }

  /**
   * Renders the template.
   *
   * @param variables null, String, {@link TrustedText}, Boolean, Integer, Long, BigInteger, Double,
   *     BigDecimal, List and Map of these; every String counts as {@link Provenance#INPUT}
   * @param clock the time and zone of {@code strftime_now}
   * @param limits where to stop
   * @return the runs in order; neighbouring runs differ in their provenance, none is empty
   * @throws io.edgellm.llm.InferenceException TEMPLATE if the template raises an exception, fails
   *     on a value or reaches a limit; with line and column
   * @throws IllegalArgumentException if a variable is of another type
   */
  public List<TemplateSpan> render(Map<String, ?> variables, Clock clock, TemplateLimits limits) {
    Map<String, Value> values = new HashMap<>();
    variables.forEach((name, value) -> values.put(name, InputValues.of(value)));
    Rendering rendering =
        new Rendering(new Budget(Objects.requireNonNull(limits)), Objects.requireNonNull(clock));
    return spans(new Interpreter(rendering).run(source, statements, Scope.outermost(values)));
  }

  private static List<TemplateSpan> spans(Text text) {
    List<TemplateSpan> spans = new ArrayList<>();
    String chars = text.toString();
    text.forEachRun(
        0,
        chars.length(),
        (start, end, provenance) ->
            spans.add(new TemplateSpan(chars.substring(start, end), provenance)));
    return spans;
  }
}
