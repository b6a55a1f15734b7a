package io.edgellm.inference.template;

import io.edgellm.llm.InferenceException;
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
 * conversation's own variables, as in Hugging Face's {@code apply_chat_template}. Of several
 * templates a conversation with tools gets the one named {@code tool_use}, one with documents that
 * named {@code rag}, and every other one {@code default}.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class ChatTemplate {
  private final Map<String, Template> templates;
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
    this(Map.of(TemplateSources.DEFAULT, template), specialTokens, clock, limits);
  }

  private ChatTemplate(
      Map<String, Template> templates,
      Map<String, String> specialTokens,
      Clock clock,
      TemplateLimits limits) {
    this.templates = templates;
    this.specialTokens = Map.copyOf(specialTokens);
    this.clock = Objects.requireNonNull(clock);
    this.limits = Objects.requireNonNull(limits);
  }

  /**
   * Parses the templates of a model that conversations choose from; others are not looked at.
   *
   * @param specialTokens the texts of the special tokens by name; they count as the template's
   * @param clock the time and zone of {@code strftime_now}
   * @param limits where to stop a rendering
   * @return nothing if there is none named {@code default}
   * @throws InferenceException MODEL_INVALID or MODEL_UNSUPPORTED as {@link Template#parse}
   */
  public static Optional<ChatTemplate> parse(
      TemplateSources sources,
      Map<String, String> specialTokens,
      Clock clock,
      TemplateLimits limits) {
    if (sources.named(TemplateSources.DEFAULT).isEmpty()) {
      return Optional.empty();
    }
    Map<String, Template> templates = new HashMap<>();
    for (String name :
        List.of(TemplateSources.DEFAULT, TemplateSources.TOOL_USE, TemplateSources.RAG)) {
      sources.named(name).ifPresent(source -> templates.put(name, Template.parse(source)));
    }
    return Optional.of(new ChatTemplate(Map.copyOf(templates), specialTokens, clock, limits));
  }

  /**
   * Returns the source of a model's template named {@code default}; see {@link
   * TemplateSources#read}.
   *
   * @return the source, or nothing if the model has no such template
   * @throws InferenceException MODEL_INVALID if a file is damaged or too large
   */
  public static Optional<String> source(Path modelDirectory) {
    return TemplateSources.read(modelDirectory).named(TemplateSources.DEFAULT);
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
    return chosen(conversation).render(variables, clock, limits);
  }

  private Template chosen(Conversation conversation) {
    Template special = null;
    if (!conversation.tools().isEmpty()) {
      special = templates.get(TemplateSources.TOOL_USE);
    } else if (conversation.variables().get("documents") != null) {
      special = templates.get(TemplateSources.RAG);
    }
    return special != null
        ? special
        : Objects.requireNonNull(templates.get(TemplateSources.DEFAULT));
  }
}
