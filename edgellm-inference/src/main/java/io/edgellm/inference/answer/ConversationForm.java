package io.edgellm.inference.answer;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.inference.template.ChatTemplate;
import io.edgellm.inference.template.Conversation;
import io.edgellm.inference.template.Conversation.Turn;
import io.edgellm.inference.template.TemplateSpan;
import io.edgellm.llm.ChatMessage;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.ToolCall;
import io.edgellm.llm.ToolDefinition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How a chat template wants a conversation: as OpenAI's messages, of which templates differ in
 * three things. Arguments of past calls are a map for most and the text of JSON for some; some show
 * calls only if the content is None; and some do not know calls at all, so that calls are written
 * into the content as the model itself would have written them.
 *
 * <p>Which it is, is found out once by rendering a short conversation of our own. All that came
 * from messages, tools and documents goes into the template as input, never as its own text.
 * Immutable and safe for use by several threads.
 */
public final class ConversationForm {
  private static final String ARGUMENT = "probe_argument";
  private static final ToolCall PROBE =
      new ToolCall("Pr0be1d01", "probe_tool", "{\"" + ARGUMENT + "\":\"probe value\"}");

  private final AnswerFormat format;
  private final Calls calls;
  private final boolean toolsInSystemMessage;

  /** How past calls are shown to a template. */
  private enum Calls {
    MAP(false, false),
    MAP_WITHOUT_CONTENT(false, true),
    TEXT(true, false),
    TEXT_WITHOUT_CONTENT(true, true),
    IN_CONTENT(false, false);

    private final boolean text;
    private final boolean withoutContent;

    Calls(boolean text, boolean withoutContent) {
      this.text = text;
      this.withoutContent = withoutContent;
    }
  }

  private ConversationForm(AnswerFormat format, Calls calls, boolean toolsInSystemMessage) {
    this.format = format;
    this.calls = calls;
    this.toolsInSystemMessage = toolsInSystemMessage;
  }

  /**
   * Finds out how a template wants conversations.
   *
   * @param template the model's template
   * @param source its source
   * @param format how the model writes calls
   */
  public static ConversationForm of(ChatTemplate template, String source, AnswerFormat format) {
    boolean inSystemMessage = source.contains("message['tools']");
    for (Calls each : Calls.values()) {
      ConversationForm form = new ConversationForm(format, each, inSystemMessage);
      if (each == Calls.IN_CONTENT || form.showsCalls(template)) {
        return form;
      }
    }
    throw new IllegalStateException("The last form is always taken.");
  }

  private boolean showsCalls(ChatTemplate template) {
    List<ChatMessage> probe =
        List.of(
            ChatMessage.user("probe question"),
            new ChatMessage(ChatMessage.Role.ASSISTANT, "", "", List.of(PROBE), null),
            ChatMessage.toolResult(PROBE, "probe result"));
    try {
      String prompt =
          template.render(new Conversation(turns(probe, ""), true, List.of(), Map.of())).stream()
              .map(TemplateSpan::text)
              .collect(Collectors.joining());
      return prompt.contains(PROBE.name())
          && prompt.contains(ARGUMENT)
          && !prompt.contains("'" + ARGUMENT)
          && !prompt.contains("\\\"" + ARGUMENT);
    } catch (InferenceException e) {
      return false;
    }
  }

  /**
   * Returns what the template renders for a request.
   *
   * @param messages the messages, those of the request or a part of them
   */
  public Conversation of(GenerationRequest request, List<ChatMessage> messages) {
    List<Map<String, Object>> tools = request.tools().stream().map(ConversationForm::tool).toList();
    Map<String, @Nullable Object> variables = new LinkedHashMap<>();
    if (!request.documents().isEmpty()) {
      variables.put("documents", request.documents());
    }
    variables.putAll(request.templateVariables());
    boolean inSystemMessage = toolsInSystemMessage && !tools.isEmpty();
    String shown = inSystemMessage ? toolsText(request.tools()) : "";
    return new Conversation(
        turns(messages, shown), true, inSystemMessage ? List.of() : tools, variables);
  }

  private List<Turn> turns(List<ChatMessage> messages, String toolsOfSystemMessage) {
    List<Turn> turns = new ArrayList<>();
    boolean hasSystem = !messages.isEmpty() && messages.get(0).role() == ChatMessage.Role.SYSTEM;
    if (!toolsOfSystemMessage.isEmpty() && !hasSystem) {
      turns.add(new Turn("system", Map.of("content", "", "tools", toolsOfSystemMessage)));
    }
    for (ChatMessage message : messages) {
      Map<String, @Nullable Object> fields = fields(message);
      if (!toolsOfSystemMessage.isEmpty() && hasSystem && turns.isEmpty()) {
        fields.put("tools", toolsOfSystemMessage);
      }
      turns.add(new Turn(message.role().label(), fields));
    }
    return turns;
  }

  private Map<String, @Nullable Object> fields(ChatMessage message) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    boolean inContent = calls == Calls.IN_CONTENT;
    boolean hasCalls = !message.toolCalls().isEmpty() && !inContent;
    String content = message.content() + (inContent ? format.text(message.toolCalls()) : "");
    String reasoning = message.reasoning();
    if (hasCalls && format.isHarmony() && !reasoning.isEmpty() && !content.isEmpty()) {
      // Its template takes either of them with a call, and shows both on the same channel.
      reasoning = reasoning + "\n\n" + content;
      content = "";
    }
    fields.put("content", hasCalls && calls.withoutContent && content.isEmpty() ? null : content);
    if (!reasoning.isEmpty()) {
      fields.put("reasoning_content", reasoning);
      fields.put("thinking", reasoning);
    }
    if (hasCalls) {
      fields.put("tool_calls", message.toolCalls().stream().map(this::call).toList());
    }
    @Nullable ToolCall answers = message.answers();
    if (answers != null) {
      fields.put("tool_call_id", answers.id());
      fields.put("name", answers.name());
    }
    return fields;
  }

  private Map<String, Object> call(ToolCall call) {
    Map<String, Object> function = new LinkedHashMap<>();
    function.put("name", call.name());
    JsonNode arguments = JsonLayout.parse(call.arguments());
    function.put("arguments", calls.text ? call.arguments() : members(arguments));
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", call.id());
    fields.put("type", "function");
    fields.put("function", function);
    return fields;
  }

  private static Map<String, Object> tool(ToolDefinition tool) {
    Map<String, @Nullable Object> function = new LinkedHashMap<>();
    function.put("name", tool.name());
    function.put("description", tool.description());
    function.put("parameters", value(JsonLayout.parse(tool.parameters().json())));
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("type", "function");
    fields.put("function", function);
    return fields;
  }

  /** The tools as Phi-4-mini was shown them: a list of functions, without their type. */
  private static String toolsText(List<ToolDefinition> tools) {
    return tools.stream()
        .map(
            tool ->
                "{\"name\": \""
                    + tool.name()
                    + "\", \"description\": "
                    + JsonLayout.quoted(tool.description())
                    + ", \"parameters\": "
                    + JsonLayout.spaced(tool.parameters().json())
                    + "}")
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static @Nullable Object value(JsonNode node) {
    if (node.isObject()) {
      return members(node);
    } else if (node.isArray()) {
      List<@Nullable Object> list = new ArrayList<>();
      node.forEach(item -> list.add(value(item)));
      return list;
    } else if (node.isTextual()) {
      return node.textValue();
    } else if (node.isBoolean()) {
      return node.booleanValue();
    } else if (node.isNull()) {
      return null;
    }
    return node.isIntegralNumber() && node.canConvertToLong()
        ? (Object) node.longValue()
        : (Object) node.doubleValue();
  }

  private static Map<String, @Nullable Object> members(JsonNode object) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    object.properties().forEach(field -> members.put(field.getKey(), value(field.getValue())));
    return members;
  }
}
