package io.edgellm.inference.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.inference.grammar.Grammar;
import io.edgellm.inference.grammar.Parse;
import io.edgellm.llm.Constraint;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.JsonSchema;
import io.edgellm.llm.ToolChoice;
import io.edgellm.llm.ToolDefinition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the grammar lets a model write, the parser reads. */
class AnswerGrammarTest {
  private static final int WALKS = 25;

  @TempDir Path directory;

  record Family(String name, String template, List<String> tokens) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Family> families() {
    List<String> qwen = List.of("<tool_call>", "</tool_call>", "<think>", "</think>");
    List<String> mistral = List.of("[TOOL_CALLS]", "[CALL_ID]", "[ARGS]", "[THINK]", "[/THINK]");
    return Stream.of(
        new Family("hermes", Templates.HERMES, qwen),
        new Family("hermes in text", Templates.HERMES, List.of()),
        new Family("qwen-coder", Templates.QWEN_CODER, qwen),
        new Family("llama", Templates.LLAMA, List.of("<|python_tag|>")),
        new Family("pythonic", PYTHON, List.of()),
        new Family("mistral", Templates.MISTRAL, mistral),
        new Family("mistral-named", Templates.MISTRAL_NAMED, mistral),
        new Family("mistral-named-with-ids", Templates.MISTRAL_WITH_IDS, mistral),
        new Family("phi-4-mini", Templates.PHI, List.of("<|tool_call|>", "<|/tool_call|>")),
        new Family("granite-3", Templates.GRANITE, List.of("<|tool_call|>")),
        new Family("command", Templates.COMMAND, List.of("<|START_ACTION|>", "<|END_ACTION|>")),
        new Family("deepseek-v3", Templates.DEEPSEEK_V3, Templates.DEEPSEEK_TOKENS),
        new Family("deepseek-v3.1", Templates.DEEPSEEK_V31, Templates.DEEPSEEK_TOKENS),
        new Family("harmony", Templates.HARMONY, Templates.HARMONY_TOKENS));
  }

  private static final String PYTHON = Templates.PYTHONIC;

  private static GenerationRequest.Builder tools() {
    return FamilyModel.request();
  }

  @ParameterizedTest
  @MethodSource("families")
  void everyAnswerThatHasToCallCalls(Family family) throws IOException {
    try (FamilyModel model = FamilyModel.of(directory, family.template(), family.tokens())) {
      AnswerPlan plan =
          model.format().plan(tools().toolChoice(ToolChoice.required()).build(), false);
      Grammar grammar = plan.grammar().orElseThrow().get();

      for (long seed = 0; seed < WALKS; seed++) {
        List<String> answer = new GrammarWalk(grammar, seed).answer(400);
        String read = model.read(plan, answer);
        assertThat(read)
            .as("seed %d: %s", seed, answer)
            .contains("CallFinished 0")
            .doesNotContain("CallRejected");
        assertThat(read.replaceAll("Reasoning .*? \\| CallS", "CallS"))
            .as("seed %d: %s", seed, answer)
            .startsWith("CallStarted");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void anAnswerThatMayCallNeverCallsWrongly(Family family) throws IOException {
    try (FamilyModel model = FamilyModel.of(directory, family.template(), family.tokens())) {
      AnswerPlan plan = model.plan(false);
      Grammar grammar = plan.grammar().orElseThrow().get();

      for (long seed = 0; seed < WALKS; seed++) {
        List<String> answer = new GrammarWalk(grammar, seed).answer(300);
        assertThat(model.read(plan, answer))
            .as("seed %d: %s", seed, answer)
            .doesNotContain("CallRejected");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void anAnswerUnderAConstraintMeetsIt(Family family) throws IOException {
    try (FamilyModel model = FamilyModel.of(directory, family.template(), family.tokens())) {
      GenerationRequest request =
          GenerationRequest.builder().user("?").constraint(Constraint.choice("yes", "no")).build();
      AnswerPlan plan = model.format().plan(request, false);
      Grammar grammar = plan.grammar().orElseThrow().get();

      for (long seed = 0; seed < WALKS; seed++) {
        List<String> answer = new GrammarWalk(grammar, seed).answer(100);
        assertThat(model.read(plan, answer))
            .as("seed %d: %s", seed, answer)
            .matches("(?s)(Reasoning .* \\| )?Text (yes|no)");
      }
    }
  }

  @Test
  void letsTheModelWriteACallAsItLearnedTo() throws IOException {
    List<String> qwen = List.of("<tool_call>", "</tool_call>", "<think>", "</think>");
    try (FamilyModel model = FamilyModel.of(directory, Templates.HERMES, qwen)) {
      Grammar grammar = model.plan(false).grammar().orElseThrow().get();

      assertThat(
              accepts(
                  grammar,
                  model.symbols(
                      "<think>\nHm.\n</think>\n\nLet me look.\n<tool_call>\n{\"name\":"
                          + " \"get_weather\", \"arguments\": {\"city\": \"Paris\", \"days\":"
                          + " 2}}\n</tool_call>\n<tool_call>\n{\"name\": \"light.set\","
                          + " \"arguments\": {\"on\": true}}\n</tool_call>")))
          .isTrue();
      assertThat(
              accepts(
                  grammar,
                  model.symbols("<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {}}")))
          .isFalse();
    }
  }

  @Test
  void letsTheSampleModelWriteItsCallsWithoutWhiteSpace() throws IOException {
    FamilyModel.declare(
        directory,
        """
        {"toolCalls":
          {"family": "json", "name": "tool", "arguments": "args", "whitespace": "none"}}
        """);
    try (FamilyModel model = FamilyModel.of(directory, "{{ messages }}", List.of())) {
      AnswerPlan plan = model.plan(false);
      Grammar grammar = plan.grammar().orElseThrow().get();
      List<String> call = List.of("{\"tool\":\"light.set\",\"args\":{\"on\":true}}");

      assertThat(accepts(grammar, call)).isTrue();
      assertThat(model.read(plan, call))
          .isEqualTo("CallStarted 0 light.set | CallFinished 0 light.set {\"on\":true}");
      assertThat(accepts(grammar, List.of("Hello {}"))).isTrue();
      assertThat(accepts(grammar, List.of("{\"tool\":\"light.set\",\"args\":{}}"))).isFalse();
    }
  }

  @Test
  void calledByNameIsOneToolOnce() throws IOException {
    try (FamilyModel model =
        FamilyModel.of(directory, Templates.MISTRAL, List.of("[TOOL_CALLS]"))) {
      GenerationRequest request = tools().toolChoice(ToolChoice.tool("light.set")).build();
      AnswerPlan plan = model.format().plan(request, false);
      Grammar grammar = plan.grammar().orElseThrow().get();

      for (long seed = 0; seed < WALKS; seed++) {
        assertThat(model.read(plan, new GrammarWalk(grammar, seed).answer(300)))
            .as("seed %d", seed)
            .matches(
                "CallStarted 0 light.set \\| CallFinished 0 light.set \\{\"on\":(true|false)}");
      }
    }
  }

  @Test
  void refusesASchemaThatTheNotationCannotSay() throws IOException {
    ToolDefinition mixed =
        new ToolDefinition(
            "mixed",
            "",
            new JsonSchema(
                "{\"type\": \"object\", \"properties\": {\"x\": {\"type\": [\"string\","
                    + " \"integer\"]}}}"));
    try (FamilyModel model = FamilyModel.of(directory, Templates.QWEN_CODER, List.of())) {
      GenerationRequest request = GenerationRequest.builder().user("?").tool(mixed).build();
      AnswerPlan plan = model.format().plan(request, false);

      assertThatThrownBy(() -> plan.grammar().orElseThrow().get())
          .isInstanceOfSatisfying(
              InferenceException.class,
              e -> assertThat(e.reason()).isEqualTo(InferenceException.Reason.INVALID_CONSTRAINT))
          .hasMessageContaining("properties/x");
    }
  }

  @Test
  void keepsGrammarsOfTheSameKindUnderTheSameKey() throws IOException {
    try (FamilyModel model = FamilyModel.of(directory, Templates.HERMES, List.of())) {
      AnswerPlan one = model.format().plan(tools().user("one").build(), false);
      AnswerPlan other = model.format().plan(tools().user("other").maxTokens(9).build(), false);
      AnswerPlan thinking = model.format().plan(tools().build(), true);

      assertThat(one.key()).isEqualTo(other.key()).hasSameHashCodeAs(other.key());
      assertThat(one.key()).isNotEqualTo(thinking.key());
    }
  }

  @Test
  void leavesAFreeAnswerFree() throws IOException {
    try (FamilyModel model = FamilyModel.of(directory, Templates.HERMES, List.of())) {
      assertThat(model.format().plan(GenerationRequest.of("?"), false).grammar()).isEmpty();
      assertThat(model.format().plan(tools().unconstrainedToolCalls().build(), false).grammar())
          .isEmpty();
    }
  }

  private static boolean accepts(Grammar grammar, List<String> symbols) {
    @Nullable Parse parse = Parse.start(grammar);
    for (String symbol : symbols) {
      if (grammar.symbols().named().contains(symbol)) {
        parse = parse == null ? null : parse.next(grammar.symbols().of(symbol));
      } else {
        for (byte value : symbol.getBytes(StandardCharsets.UTF_8)) {
          parse = parse == null ? null : parse.next(value & 0xFF);
        }
      }
    }
    return parse != null && parse.accepts();
  }
}
