package io.edgellm.inference.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.llm.InferenceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateSourcesTest {
  @TempDir Path directory;

  @Test
  void findsNothingInAModelWithoutTemplates() throws IOException {
    assertThat(TemplateSources.read(directory).byName()).isEmpty();
    write("tokenizer_config.json", "{\"chat_template\": null}");
    assertThat(TemplateSources.read(directory).byName()).isEmpty();
    assertThat(chat()).isEmpty();
  }

  @Test
  void readsOneTemplateOfTheTokenizerConfiguration() throws IOException {
    write("tokenizer_config.json", "{\"chat_template\": \"one\"}");
    assertThat(TemplateSources.read(directory).byName()).isEqualTo(Map.of("default", "one"));
    assertThat(ChatTemplate.source(directory)).hasValue("one");
  }

  @Test
  void readsNamedTemplatesOfTheTokenizerConfiguration() throws IOException {
    write(
        "tokenizer_config.json",
        """
        {"chat_template": [{"name": "default", "template": "two"},
                           {"name": "tool_use", "template": "three"}]}
        """);
    TemplateSources sources = TemplateSources.read(directory);
    assertThat(sources.named("default")).hasValue("two");
    assertThat(sources.named("tool_use")).hasValue("three");
    assertThat(sources.named("rag")).isEmpty();
  }

  @Test
  void prefersFilesOfTheirOwn() throws IOException {
    write("tokenizer_config.json", "{\"chat_template\": \"one\"}");
    write("chat_template.jinja", "four");
    write("additional_chat_templates/rag.jinja", "five");
    assertThat(TemplateSources.read(directory).byName())
        .isEqualTo(Map.of("default", "four", "rag", "five"));
  }

  @Test
  void readsTheTemplateOfAProcessorIfThereIsNoOther() throws IOException {
    write("chat_template.json", "{\"chat_template\": \"six\"}");
    assertThat(ChatTemplate.source(directory)).hasValue("six");
  }

  @Test
  void choosesTheTemplateThatTheConversationNeeds() throws IOException {
    write("chat_template.jinja", "default");
    write("additional_chat_templates/tool_use.jinja", "tools");
    write("additional_chat_templates/rag.jinja", "documents");
    ChatTemplate chat = chat().orElseThrow();
    List<Map<String, Object>> tools = List.of(Map.of("name", "light"));
    Map<String, Object> documents = Map.of("documents", List.of());
    assertThat(text(chat, List.of(), Map.of())).isEqualTo("default");
    assertThat(text(chat, tools, Map.of())).isEqualTo("tools");
    assertThat(text(chat, List.of(), documents)).isEqualTo("documents");
    assertThat(text(chat, tools, documents)).isEqualTo("tools");
  }

  @Test
  void takesTheDefaultWhereNothingElseFits() throws IOException {
    write("chat_template.jinja", "{{ tools is none }} {{ documents is none }}");
    ChatTemplate chat = chat().orElseThrow();
    assertThat(text(chat, List.of(Map.of("name", "light")), Map.of())).isEqualTo("False True");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{\"chat_template\": 5}",
        "{\"chat_template\": {\"default\": \"x\"}}",
        "{\"chat_template\": [\"x\"]}",
        "{\"chat_template\": [{\"name\": \"default\"}]}",
        "{\"chat_template\": [{\"template\": \"x\"}]}"
      })
  void refusesADamagedConfiguration(String json) throws IOException {
    write("tokenizer_config.json", json);
    assertInvalid("tokenizer_config.json");
  }

  @Test
  void refusesATemplateThatIsTooLarge() throws IOException {
    Files.write(directory.resolve("chat_template.jinja"), new byte[(4 << 20) + 1]);
    assertInvalid("larger than 4194304 bytes");
  }

  @Test
  void refusesATemplateThatIsNotUtf8() throws IOException {
    Files.write(directory.resolve("chat_template.jinja"), new byte[] {'a', (byte) 0xFF});
    assertInvalid("is not UTF-8");
  }

  @Test
  void refusesMoreTemplatesThanAnyModelHas() throws IOException {
    for (int i = 0; i < 33; i++) {
      write("additional_chat_templates/t" + i + ".jinja", "x");
    }
    assertInvalid("more than 32 chat templates");
  }

  private void assertInvalid(String message) {
    assertThatThrownBy(() -> TemplateSources.read(directory))
        .isInstanceOfSatisfying(
            InferenceException.class,
            e -> assertThat(e.reason()).isEqualTo(InferenceException.Reason.MODEL_INVALID))
        .hasMessageContaining(message);
  }

  private Optional<ChatTemplate> chat() {
    return ChatTemplate.parse(
        TemplateSources.read(directory), Map.of(), Clock.systemUTC(), TemplateLimits.DEFAULT);
  }

  private static String text(
      ChatTemplate chat, List<Map<String, Object>> tools, Map<String, Object> variables) {
    return chat.render(new Conversation(List.of(), true, tools, variables)).stream()
        .map(TemplateSpan::text)
        .collect(Collectors.joining());
  }

  private void write(String name, String content) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }
}
