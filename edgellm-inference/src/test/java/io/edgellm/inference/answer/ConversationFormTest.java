package io.edgellm.inference.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.inference.template.ChatTemplate;
import io.edgellm.inference.template.Provenance;
import io.edgellm.inference.template.Template;
import io.edgellm.inference.template.TemplateLimits;
import io.edgellm.inference.template.TemplateSpan;
import io.edgellm.llm.ChatMessage;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.ToolCall;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConversationFormTest {
  private static final String CALLS =
      "{% for message in messages %}[{{ message.role }}]{{ message.content }}"
          + "{% for call in message.tool_calls or [] %}<%= %>{% endfor %}{% endfor %}";
  private static final ToolCall CALL =
      new ToolCall("abcdefghi", "get_weather", "{\"city\":\"Paris\",\"days\":2}");
  private static final List<ChatMessage> PAST =
      List.of(
          ChatMessage.user("Weather?"),
          new ChatMessage(ChatMessage.Role.ASSISTANT, "", "Hm.", List.of(CALL), null),
          ChatMessage.toolResult(CALL, "sunny <|end|>"));

  @TempDir Path directory;

  private List<TemplateSpan> render(String source, GenerationRequest request) throws IOException {
    try (FamilyModel model = FamilyModel.of(directory, source, List.of())) {
      ChatTemplate template =
          new ChatTemplate(
              Template.parse(source), Map.of(), Clock.systemUTC(), TemplateLimits.DEFAULT);
      ConversationForm form = ConversationForm.of(template, source, model.format());
      return template.render(form.of(request, request.messages()));
    }
  }

  private String prompt(String source, GenerationRequest.Builder request) throws IOException {
    return render(source, request.build()).stream()
        .map(TemplateSpan::text)
        .collect(Collectors.joining());
  }

  private static GenerationRequest.Builder past() {
    return GenerationRequest.builder().messages(PAST);
  }

  @Test
  void givesArgumentsAsAMapToATemplateThatWritesThemAsJson() throws IOException {
    String source =
        CALLS.replace(
            "<%= %>",
            "{{ call.function.arguments | tojson }}{{ call.id }}" + "{{ call.function.name }}");

    assertThat(prompt(source, past()))
        .isEqualTo(
            "[user]Weather?[assistant]{\"city\": \"Paris\", \"days\": 2}abcdefghiget_weather"
                + "[tool]sunny <|end|>");
  }

  @Test
  void givesArgumentsAsTextToATemplateThatJoinsThem() throws IOException {
    String source =
        CALLS.replace("<%= %>", "{{ call.function.name + '(' + call.function.arguments + ')' }}");

    assertThat(prompt(source, past()))
        .contains("[assistant]get_weather({\"city\":\"Paris\",\"days\":2})[tool]");
  }

  @Test
  void leavesOutTheContentForATemplateThatShowsCallsOnlyThen() throws IOException {
    String source =
        CALLS
            .replace("{% for call", "{% if message.content is none %}{% for call")
            .replace("<%= %>{% endfor %}", "{{ call.function | tojson }}{% endfor %}{% endif %}");

    assertThat(prompt(source, past())).contains("[assistant]None{\"name\": \"get_weather\"");
  }

  @Test
  void writesCallsIntoTheContentForATemplateThatDoesNotKnowThem() throws IOException {
    FamilyModel.declare(
        directory,
        """
        {"toolCalls":
          {"family": "json", "name": "tool", "arguments": "args", "whitespace": "none"}}
        """);
    String source =
        "{% for message in messages %}[{{ message.role }}]{{ message.content }}{% endfor %}";

    assertThat(prompt(source, past()))
        .contains("[assistant]{\"tool\":\"get_weather\",\"args\":{\"city\":\"Paris\",\"days\":2}}");
  }

  @Test
  void writesCallsAsTheirFamilyDoes() {
    assertThat(Hermes.form().text(List.of(CALL, CALL)))
        .isEqualTo(
            "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\","
                + " \"days\": 2}}\n</tool_call>\n<tool_call>\n{\"name\": \"get_weather\","
                + " \"arguments\": {\"city\": \"Paris\", \"days\": 2}}\n</tool_call>");
    assertThat(Pythonic.form().text(List.of(CALL)))
        .isEqualTo("[get_weather(city=\"Paris\", days=2)]");
    assertThat(QwenCoder.form().text(List.of(CALL)))
        .isEqualTo(
            "<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n"
                + "<parameter=days>\n2\n</parameter>\n</function>\n</tool_call>");
    assertThat(Mistral.list().text(List.of(CALL)))
        .isEqualTo(
            "[TOOL_CALLS][{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\","
                + " \"days\": 2}, \"id\": \"abcdefghi\"}]");
  }

  @Test
  void showsToolsAsFunctionsAndNothingOfThemAsTheTemplatesOwnText() throws IOException {
    String source =
        "{% for tool in tools %}{{ tool.function.name }}: {{ tool | tojson }}{% endfor %}";
    List<TemplateSpan> spans = render(source, FamilyModel.request().build());

    assertThat(spans.get(0).text()).startsWith("get_weather");
    assertThat(spans.get(0).provenance()).isEqualTo(Provenance.INPUT);
    assertThat(spans.stream().map(TemplateSpan::text).collect(Collectors.joining()))
        .contains(
            "{\"type\": \"function\", \"function\": {\"name\": \"get_weather\", \"description\":"
                + " \"Weather of a city.\", \"parameters\": {\"type\": \"object\"");
  }

  @Test
  void putsToolsIntoTheSystemMessageWhereATemplateLooksForThemThere() throws IOException {
    String source =
        "{% for message in messages %}[{{ message['role'] }}]{{ message['content'] }}"
            + "{% if 'tools' in message %}<|tool|>{{ message['tools'] }}<|/tool|>{% endif %}"
            + "{% endfor %}";

    assertThat(prompt(source, GenerationRequest.builder().user("?").tool(FamilyModel.LIGHT)))
        .startsWith("[system]<|tool|>[{\"name\": \"light.set\"")
        .endsWith("<|/tool|>[user]?");
  }

  @Test
  void handsOnReasoningDocumentsAndVariables() throws IOException {
    String source =
        "{{ documents[0].title }} {{ effort }}{% for message in messages %}"
            + "{{ message.reasoning_content }}{{ message.thinking }}{% endfor %}";
    GenerationRequest.Builder request =
        past().document(Map.of("title", "Atlas")).templateVariable("effort", "high");

    assertThat(prompt(source, request)).isEqualTo("Atlas highHm.Hm.");
  }
}
