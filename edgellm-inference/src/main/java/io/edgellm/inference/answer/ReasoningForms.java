package io.edgellm.inference.answer;

import java.util.List;
import java.util.Optional;

/** How models mark reasoning; the first marks that a model knows are its own. */
final class ReasoningForms {
  private static final List<ReasoningForm> KNOWN =
      List.of(
          new ReasoningForm("<|START_THINKING|>", "<|END_THINKING|>", Optional.empty()),
          new ReasoningForm("[THINK]", "[/THINK]", Optional.empty()),
          new ReasoningForm("<think>", "</think>", Optional.empty()));

  private ReasoningForms() {}

  /** Marks are a model's own if they are control tokens of it, or if its template writes them. */
  static Optional<ReasoningForm> recognise(ModelText model) {
    return KNOWN.stream()
        .filter(
            form ->
                (model.hasToken(form.open()) && model.hasToken(form.close()))
                    || (model.templateHas(form.open()) && model.templateHas(form.close())))
        .findFirst()
        .map(form -> framed(form, model));
  }

  /** Granite 3.3 puts tags around the text behind its reasoning, too. */
  private static ReasoningForm framed(ReasoningForm form, ModelText model) {
    boolean response = model.templateHas("<response>") && model.templateHas("</response>");
    return response ? new ReasoningForm(form.open(), form.close(), Optional.of("response")) : form;
  }
}
