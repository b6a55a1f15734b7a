package io.edgellm.inference.answer;

import java.util.List;

/** What of a chat template a family is recognised by, in words of our own. */
final class Templates {
  static final String HERMES =
      "{% for tool in tools %}{{ tool | tojson }}{% endfor %}Write <tool_call>{\"name\": …,"
          + " \"arguments\": …}</tool_call>. <think></think>";
  static final String QWEN_CODER =
      "{{ tools }} <tool_call> <function=name> <parameter=key> </tool_call>";
  static final String LLAMA =
      "{{ tools }} Respond in the format {\"name\": function name, \"parameters\": dictionary}"
          + " <|start_header_id|>ipython<|end_header_id|>";
  static final String PYTHONIC = "{{ tools }} [func_name1(params_name1=params_value1, …)]";
  static final String MISTRAL = "{{ tools }} [TOOL_CALLS]";
  static final String MISTRAL_NAMED = "{{ tools }} [TOOL_CALLS] [ARGS]";
  static final String MISTRAL_WITH_IDS = "{{ tools }} [TOOL_CALLS] [CALL_ID] [ARGS]";
  static final String PHI = "{{ message['tools'] }} <|tool|>";
  static final String GRANITE = "{{ tools }} <|tool_call|> <think></think> <response></response>";
  static final String COMMAND = "{{ tools }} <|START_ACTION|>";
  static final String DEEPSEEK_V3 = "{{ tools }} <｜tool▁calls▁begin｜> ```json";
  static final String DEEPSEEK_V31 = "{{ tools }} <｜tool▁calls▁begin｜>";
  static final String HARMONY = "{{ tools }} <|channel|>";

  static final List<String> DEEPSEEK_TOKENS =
      List.of(
          "<think>",
          "</think>",
          "<｜tool▁calls▁begin｜>",
          "<｜tool▁calls▁end｜>",
          "<｜tool▁call▁begin｜>",
          "<｜tool▁call▁end｜>",
          "<｜tool▁sep｜>");
  static final List<String> HARMONY_TOKENS =
      List.of(
          "<|start|>",
          "<|channel|>",
          "<|message|>",
          "<|constrain|>",
          "<|end|>",
          "<|call|>",
          "<|return|>");

  private Templates() {}
}
