package io.edgellm.inference.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers of every family, and the parts that they consist of, however tokens cut them. */
class AnswerParserTest {
  private static final List<String> QWEN =
      List.of("<tool_call>", "</tool_call>", "<think>", "</think>");

  /** Hardly a tag is longer, so that cuts that are farther apart say nothing new. */
  private static final int[] CUTS_APART = {0, 1, 2, 3, 5, 8, 13, 21};

  @TempDir Path directory;

  record Case(
      String template, List<String> tokens, boolean reasons, String answer, String outcome) {
    @Override
    public String toString() {
      return answer.replace("\n", "\\n");
    }
  }

  static Stream<Case> answers() {
    String call = "CallStarted 0 get_weather | CallFinished 0 get_weather {\"city\":\"Paris\"}";
    String second = "CallStarted 1 light.set | CallFinished 1 light.set {\"on\":true}";
    return Stream.of(
        // Hermes and Qwen, with tags that are tokens
        tagged("Just text.\n\n", "Text Just text.\\n\\n"),
        tagged("<think>\nHm.\n</think>\n\nYes.", "Reasoning Hm. | Text Yes."),
        tagged("<think>\n\n</think>\n\nYes.", "Text Yes."),
        tagged(
            "Let me look.\n<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\":"
                + " \"Paris\"}}\n</tool_call>",
            "Text Let me look. | " + call),
        tagged(
            "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\"}}\n"
                + "</tool_call>\n<tool_call>\n{\"name\": \"light.set\", \"arguments\": {\"on\":"
                + " true}}\n</tool_call>\n",
            call + " | " + second),
        tagged(
            "<tool_call>{\"arguments\": \"{\\\"city\\\": \\\"Paris\\\"}\", \"name\":"
                + " \"get_weather\"}</tool_call>",
            call),
        // the end of the answer stands for the closing tag
        tagged(
            "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\"}}", call),
        tagged(
            "<tool_call>\n{\"name\": \"get_weather\", \"argu",
            "CallStarted 0 get_weather | CallRejected the answer ended within it | Text"
                + " <tool_call>\\n{\"name\": \"get_weather\", \"argu"),
        // Hermes without tokens: tags are text
        plain(
            "So: <tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\"}}\n"
                + "</tool_call>",
            "Text So: | " + call),
        plain("a < b <tool> c <tool_cal", "Text a < b <tool> c <tool_cal"),
        plain(
            "<tool_call>{\"name\": \"get_weather\", \"arguments\": {\"city\":"
                + " \"</tool_call>\"}}</tool_call>",
            "CallStarted 0 get_weather | CallFinished 0 get_weather"
                + " {\"city\":\"</tool_call>\"}"),
        plain("<think>Hm.</think>Yes, <think>.", "Reasoning Hm. | Text Yes, <think>."),
        // a prompt that ended within reasoning
        new Case(
            Templates.HERMES, QWEN, true, "Hm.\n</think>\n\nYes.", "Reasoning Hm. | Text Yes."),
        new Case(Templates.HERMES, QWEN, true, "Hm.\n\nHm ", "Reasoning Hm.\\n\\nHm"),
        // Granite 3
        new Case(
            Templates.GRANITE,
            List.of("<|tool_call|>"),
            false,
            "<think>Hm.</think>\n<response>Yes.</response>",
            "Reasoning Hm. | Text Yes."),
        new Case(
            Templates.GRANITE,
            List.of("<|tool_call|>"),
            false,
            "<|tool_call|>[{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\"}},"
                + " {\"name\": \"light.set\", \"arguments\": {\"on\": true}}]",
            call + " | " + second),
        // Llama
        llama("{\"name\": \"get_weather\", \"parameters\": {\"city\": \"Paris\"}}", call),
        llama(
            "<|python_tag|>{\"name\": \"get_weather\", \"parameters\": {\"city\": \"Paris\"}}",
            call),
        llama(
            "{\"type\": \"function\", \"name\": \"get_weather\", \"parameters\": {\"city\":"
                + " \"Paris\"}}; {\"name\": \"light.set\", \"parameters\": {\"on\": true}}",
            call + " | " + second),
        llama("{\"city\": \"Paris\"}", "Text {\"city\": \"Paris\"}"),
        llama("  {\"nam", "Text   {\"nam"),
        llama("Paris {\"name\": \"x\"}", "Text Paris {\"name\": \"x\"}"),
        // Mistral
        mistral(
            Templates.MISTRAL,
            "[TOOL_CALLS][{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\"}, \"id\":"
                + " \"a1B2c3D4e\"}, {\"name\": \"light.set\", \"arguments\": {\"on\": true}}]",
            call + " | " + second),
        mistral(
            Templates.MISTRAL_NAMED,
            "Well. [TOOL_CALLS]get_weather[ARGS]{\"city\": \"Paris\"}[TOOL_CALLS]light.set[ARGS]"
                + "{\"on\": true}",
            "Text Well. | " + call + " | " + second),
        mistral(
            Templates.MISTRAL_WITH_IDS,
            "[THINK]Hm.[/THINK][TOOL_CALLS]get_weather[CALL_ID]a1B2c3D4e[ARGS]{\"city\":"
                + " \"Paris\"}",
            "Reasoning Hm. | " + call),
        // Phi-4-mini
        new Case(
            Templates.PHI,
            List.of("<|tool_call|>", "<|/tool_call|>"),
            false,
            "<|tool_call|>[{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\"}}]"
                + "<|/tool_call|>",
            call),
        // Command
        new Case(
            Templates.COMMAND,
            List.of(
                "<|START_THINKING|>",
                "<|END_THINKING|>",
                "<|START_ACTION|>",
                "<|END_ACTION|>",
                "<|START_RESPONSE|>",
                "<|END_RESPONSE|>"),
            false,
            "<|START_THINKING|>I look it up.<|END_THINKING|><|START_ACTION|>[\n    {\"tool_call_id\":"
                + " \"0\", \"tool_name\": \"get_weather\", \"parameters\": {\"city\": \"Paris\"}}\n"
                + "]<|END_ACTION|>",
            "Reasoning I look it up. | " + call),
        // DeepSeek
        new Case(
            Templates.DEEPSEEK_V3,
            Templates.DEEPSEEK_TOKENS,
            true,
            "Hm.</think><｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n"
                + "```json\n{\"city\": \"Paris\"}\n```<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>"
                + "function<｜tool▁sep｜>light.set\n```json\n{\"on\": true}\n```<｜tool▁call▁end｜>"
                + "<｜tool▁calls▁end｜>",
            "Reasoning Hm. | " + call + " | " + second),
        new Case(
            Templates.DEEPSEEK_V31,
            Templates.DEEPSEEK_TOKENS,
            false,
            "Sure.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{\"city\":"
                + " \"Paris\"}<｜tool▁call▁end｜><｜tool▁call▁begin｜>light.set<｜tool▁sep｜>"
                + "{\"on\": true}<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
            "Text Sure. | " + call + " | " + second),
        // Qwen3-Coder
        new Case(
            Templates.QWEN_CODER,
            List.of("<tool_call>", "</tool_call>"),
            false,
            "I look.\n<tool_call>\n<function=get_weather>\n<parameter=city>\n42\n</parameter>\n"
                + "<parameter=days>\n42\n</parameter>\n</function>\n</tool_call>",
            "Text I look. | CallStarted 0 get_weather | CallFinished 0 get_weather"
                + " {\"city\":\"42\",\"days\":42}"),
        // Python
        new Case(
            Templates.PYTHONIC,
            List.of(),
            false,
            "[get_weather(city='Paris'), light.set(on=True)]",
            call + " | " + second),
        new Case(
            "{{ tools }}",
            List.of("<|tool_call_start|>", "<|tool_call_end|>"),
            false,
            "<|tool_call_start|>[get_weather(city=\"Paris\")]<|tool_call_end|>On it.",
            call + " | Text On it."),
        // harmony
        harmony(
            "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>"
                + "Yes.<|return|>",
            "Reasoning Hm. | Text Yes."),
        harmony(
            "<|channel|>commentary<|message|>I look.<|end|><|start|>assistant<|channel|>commentary"
                + " to=functions.get_weather <|constrain|>json<|message|>{\"city\": \"Paris\"}"
                + "<|call|>",
            "Text I look. | " + call),
        harmony(
            " to=functions.get_weather<|channel|>commentary json<|message|>{\"city\": \"Paris\"}",
            call),
        harmony("Yes.", "Text Yes."));
  }

  private static Case tagged(String answer, String outcome) {
    return new Case(Templates.HERMES, QWEN, false, answer, outcome);
  }

  private static Case plain(String answer, String outcome) {
    return new Case(Templates.HERMES, List.of(), false, answer, outcome);
  }

  private static Case llama(String answer, String outcome) {
    return new Case(Templates.LLAMA, List.of("<|python_tag|>"), false, answer, outcome);
  }

  private static Case mistral(String template, String answer, String outcome) {
    List<String> tokens = List.of("[TOOL_CALLS]", "[CALL_ID]", "[ARGS]", "[THINK]", "[/THINK]");
    return new Case(template, tokens, false, answer, outcome);
  }

  private static Case harmony(String answer, String outcome) {
    return new Case(Templates.HARMONY, Templates.HARMONY_TOKENS, false, answer, outcome);
  }

  @ParameterizedTest
  @MethodSource("answers")
  void readsAnAnswerTokenByToken(Case each) throws IOException {
    try (FamilyModel model = FamilyModel.of(directory, each.template(), each.tokens())) {
      AnswerPlan plan = model.plan(each.reasons());

      assertThat(model.readTokens(plan, each.answer())).isEqualTo(each.outcome());
    }
  }

  @ParameterizedTest
  @MethodSource("answers")
  void readsTheSameHoweverTokensCutTheText(Case each) throws IOException {
    try (FamilyModel model = FamilyModel.of(directory, each.template(), each.tokens())) {
      AnswerPlan plan = model.plan(each.reasons());
      List<String> symbols = model.symbols(each.answer());

      for (int first = 0; first <= each.answer().length(); first++) {
        for (int distance : CUTS_APART) {
          int second = Math.min(each.answer().length(), first + distance);
          String read = model.read(plan, cut(symbols, model, first, second));
          if (!read.equals(each.outcome())) {
            fail("Cut at " + first + " and " + second + ": " + read);
          }
        }
      }
    }
  }

  /** Cuts the runs of text at two places of the whole. */
  private static List<String> cut(List<String> symbols, FamilyModel model, int first, int second) {
    List<String> pieces = new ArrayList<>();
    int from = 0;
    for (String symbol : symbols) {
      int to = from + symbol.length();
      List<Integer> cuts = new ArrayList<>(List.of(0));
      if (model.isText(symbol)) {
        for (int place : new int[] {first, second}) {
          if (place > from && place < to) {
            cuts.add(place - from);
          }
        }
      }
      cuts.add(symbol.length());
      for (int i = 1; i < cuts.size(); i++) {
        pieces.add(symbol.substring(cuts.get(i - 1), cuts.get(i)));
      }
      from = to;
    }
    return pieces;
  }
}
