package io.edgellm.inference.answer;

import io.edgellm.inference.text.Vocabulary;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.ToolCall;
import io.edgellm.llm.ToolChoice;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How one model writes its answers: what marks reasoning, and what a tool call looks like. What
 * llama.cpp calls a chat format, and vLLM a reasoning parser and a tool parser.
 *
 * <p>It is recognised once per model, by the source of its chat template and by the control tokens
 * of its vocabulary. A model whose template does not tell can come with a declaration: see {@link
 * #of}. Immutable and safe for use by several threads.
 */
public final class AnswerFormat {
  private final Notation notation;
  private final Vocabulary vocabulary;
  private final boolean showsTools;

  private AnswerFormat(Notation notation, Vocabulary vocabulary, boolean showsTools) {
    this.notation = notation;
    this.vocabulary = vocabulary;
    this.showsTools = showsTools;
  }

  /**
   * Recognises the format of a model.
   *
   * <p>If its directory has a file {@code answer_format.json}, that says how calls are written:
   * {@code {"toolCalls": {"family": "hermes"}}} names a family, and {@code {"toolCalls": {"family":
   * "json", "name": "tool", "arguments": "args", "whitespace": "none"}}} is a model that answers
   * with one JSON object of these fields. A model with a declaration may use tools even if its
   * template does not show them: it knows them by heart.
   *
   * @param modelDirectory where the declaration may be
   * @param template the source of the chat template
   * @throws InferenceException MODEL_INVALID if the declaration is damaged or names what is not
   *     known
   */
  public static AnswerFormat of(Path modelDirectory, String template, Vocabulary vocabulary) {
    ModelText model = new ModelText(template, vocabulary);
    Optional<CallForm> declared = DeclaredFormat.read(modelDirectory);
    if (declared.isEmpty() && isHarmony(model)) {
      Notation harmony = new Notation(Optional.empty(), Optional.empty(), true);
      return new AnswerFormat(harmony, vocabulary, model.showsTools());
    }
    boolean shown = declared.isPresent() || model.showsTools();
    Optional<CallForm> calls =
        declared.or(() -> shown ? Families.recognise(model) : Optional.empty());
    Notation notation = new Notation(ReasoningForms.recognise(model), calls, false);
    return new AnswerFormat(notation, vocabulary, shown);
  }

  private static boolean isHarmony(ModelText model) {
    return model.templateHas(HarmonySection.CHANNEL)
        && model.hasToken(HarmonySection.CHANNEL)
        && model.hasToken(HarmonySection.MESSAGE);
  }

  /** Returns the name of the family, or {@code none} where the form of its calls is not known. */
  public String family() {
    return notation.isHarmony() ? "harmony" : notation.calls().map(CallForm::family).orElse("none");
  }

  boolean isHarmony() {
    return notation.isHarmony();
  }

  /** Returns calls as the model itself writes them; nothing if that is not known. */
  String text(List<ToolCall> calls) {
    return notation.calls().map(form -> form.text(calls)).orElse("");
  }

  /** Returns whether the model can be given tools to call. */
  public boolean takesTools() {
    return showsTools && (notation.isHarmony() || notation.calls().isPresent());
  }

  /** Returns whether the model may think before it answers. */
  public boolean mayReason() {
    return notation.isHarmony() || notation.reasoning().isPresent();
  }

  /**
   * Returns whether an answer begins within reasoning, since the template has opened it already.
   *
   * @param promptEnd what the template itself wrote at the end of the prompt; text of a person does
   *     not belong to it
   */
  public boolean opensReasoning(String promptEnd) {
    return notation
        .reasoning()
        .map(form -> promptEnd.stripTrailing().endsWith(form.open()))
        .orElse(false);
  }

  /**
   * Returns how the answer of one request is written and read.
   *
   * @param startsInReasoning what {@link #opensReasoning} says of its prompt
   * @throws InferenceException TOOLS_UNSUPPORTED if it has tools, and the model's form of calls is
   *     not known or its template does not show them
   */
  public AnswerPlan plan(GenerationRequest request, boolean startsInReasoning) {
    boolean refusesCalls = request.toolChoice() instanceof ToolChoice.None;
    if (!request.tools().isEmpty() && (refusesCalls ? !showsTools : !takesTools())) {
      throw new InferenceException(
          InferenceException.Reason.TOOLS_UNSUPPORTED,
          showsTools
              ? "The model writes tool calls in a form that is not known; name it in "
                  + DeclaredFormat.FILE
                  + " of the model, or ask without tools."
              : "The model's chat template does not show it tools; take a template that does, or"
                  + " ask without tools.",
          "tools");
    }
    return new AnswerPlan(notation, vocabulary, request, startsInReasoning);
  }
}
