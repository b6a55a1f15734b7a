package io.edgellm.inference.engine;

import io.edgellm.inference.answer.AnswerFormat;
import io.edgellm.inference.answer.AnswerPlan;
import io.edgellm.inference.answer.ConversationForm;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.template.ChatTemplate;
import io.edgellm.inference.template.Provenance;
import io.edgellm.inference.template.TemplateSpan;
import io.edgellm.inference.text.Tokenizer;
import io.edgellm.llm.ChatMessage;
import io.edgellm.llm.GenerationRequest;
import java.util.List;

/**
 * The chat template of a model, and the forms of conversations and answers that go with it.
 *
 * @param template renders conversations
 * @param form how it wants them
 * @param format how the model writes its answers
 */
record Dialogue(ChatTemplate template, ConversationForm form, AnswerFormat format) {

  /**
   * Finds out about the forms.
   *
   * @param source of that template of the model's which renders these conversations
   */
  static Dialogue of(
      ChatTemplate template, String source, ModelDirectory directory, Tokenizer tokenizer) {
    AnswerFormat format = AnswerFormat.of(directory.root(), source, tokenizer.vocabulary());
    return new Dialogue(template, ConversationForm.of(template, source, format), format);
  }

  /** Renders messages with what else a request has. */
  List<TemplateSpan> render(GenerationRequest request, List<ChatMessage> messages) {
    return template.render(form.of(request, messages));
  }

  /** Returns how the answer to a rendered request is written and read. */
  AnswerPlan plan(GenerationRequest request, List<TemplateSpan> rendered) {
    return format.plan(request, format.opensReasoning(writtenAtTheEnd(rendered)));
  }

  /** What a person wrote opens nothing. */
  private static String writtenAtTheEnd(List<TemplateSpan> rendered) {
    if (rendered.isEmpty()) {
      return "";
    }
    TemplateSpan last = rendered.get(rendered.size() - 1);
    return last.provenance() == Provenance.TEMPLATE ? last.text() : "";
  }
}
