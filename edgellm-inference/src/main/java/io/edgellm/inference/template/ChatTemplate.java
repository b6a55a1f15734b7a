package io.edgellm.inference.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.inference.internal.ModelFile;
import io.edgellm.llm.InferenceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The chat template of a model: turns a conversation into the text that the model was trained on.
 *
 * <p>The template sees {@code messages}, {@code tools}, {@code documents}, {@code
 * add_generation_prompt}, the special tokens by their names ({@code bos_token} …) and the
 * conversation's own variables, as in Hugging Face's {@code apply_chat_template}.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class ChatTemplate {
  private static final int MAX_BYTES = 64 << 20;

  private final Template template;
  private final Map<String, String> specialTokens;
  private final Clock clock;
  private final TemplateLimits limits;

  /**
   * @param template the parsed template
   * @param specialTokens the texts of the special tokens by name; they count as the template's
   * @param clock the time and zone of {@code strftime_now}
   * @param limits where to stop a rendering
   */
  public ChatTemplate(
      Template template, Map<String, String> specialTokens, Clock clock, TemplateLimits limits) {
    this.template = Objects.requireNonNull(template);
    this.specialTokens = Map.copyOf(specialTokens);
    this.clock = Objects.requireNonNull(clock);
    this.limits = Objects.requireNonNull(limits);
  }

  /**
   * Returns the source of a model's template: chat_template.jinja if that file exists, else {@code
   * chat_template} in tokenizer_config.json, of several named ones the one named {@code default}.
   *
   * @return the source, or nothing if the model has no chat template
   * @throws InferenceException MODEL_INVALID if a file is damaged or larger than 64 MiB
   */
  public static Optional<String> source(Path modelDirectory) {
    return source(modelDirectory, "default");
  }

  /**
   * Returns the source of a model's template with a certain name, for example {@code tool_use}.
   *
   * @return the source, or nothing if the model has no template of this name
   * @throws InferenceException MODEL_INVALID if a file is damaged or larger than 64 MiB
   */
  public static Optional<String> source(Path modelDirectory, String name) {
    boolean byDefault = name.equals("default");
    Path file =
        byDefault
            ? modelDirectory.resolve("chat_template.jinja")
            : modelDirectory.resolve("additional_chat_templates").resolve(safe(name) + ".jinja");
    if (Files.isRegularFile(file)) {
      byte[] bytes = new ModelFile(file, MAX_BYTES).read();
      return Optional.of(new String(bytes, StandardCharsets.UTF_8));
    }
    JsonNode chatTemplate = configured(modelDirectory.resolve("tokenizer_config.json"));
    if (chatTemplate.isTextual()) {
      return byDefault ? Optional.of(chatTemplate.textValue()) : Optional.empty();
    }
    for (JsonNode named : chatTemplate) {
      if (named.path("name").asText().equals(name)) {
        return Optional.of(named.path("template").asText());
      }
    }
    return Optional.empty();
  }

  private static String safe(String name) {
    if (!name.matches("[A-Za-z0-9_-]+")) {
      throw new IllegalArgumentException(
          "The name of a template has letters, digits, '_' and '-' only: " + name);
    }
    return name;
  }

  private static JsonNode configured(Path path) {
    ObjectMapper mapper = new ObjectMapper();
    if (!Files.isRegularFile(path)) {
      return mapper.missingNode();
    }
    ModelFile file = new ModelFile(path, MAX_BYTES);
    try {
      return mapper.readTree(file.read()).path("chat_template");
    } catch (IOException e) {
      throw file.invalid("is not JSON: " + e.getMessage(), e);
    }
  }

  /**
   * Renders a conversation.
   *
   * @return the prompt in runs, each with who wrote it
   * @throws InferenceException TEMPLATE if the template refuses the conversation or fails on it;
   *     with line and column
   */
  public List<TemplateSpan> render(Conversation conversation) {
    Map<String, Object> variables = new HashMap<>();
    specialTokens.forEach((name, token) -> variables.put(name, new TrustedText(token)));
    variables.put("documents", null);
    variables.putAll(conversation.variables());
    variables.put("messages", conversation.messages());
    variables.put("tools", conversation.tools().isEmpty() ? null : conversation.tools());
    variables.put("add_generation_prompt", conversation.addGenerationPrompt());
    return template.render(variables, clock, limits);
  }
}
