package io.edgellm.inference.answer;

import io.edgellm.llm.ToolDefinition;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads an answer as it grows: text and control tags in, the parts that are certain out.
 *
 * <p>For one answer and one thread.
 */
final class AnswerReader {
  private final Transcript transcript;
  private final Parts parts;
  private final Map<String, ToolDefinition> tools;
  private final Optional<ReasoningForm> reasoning;
  private final Optional<CallForm> calls;
  private Section section;

  AnswerReader(AnswerPlan plan, Tags tags) {
    this.transcript = new Transcript(tags);
    this.parts = new Parts(plan.stopStrings(), plan.ids());
    this.tools = new LinkedHashMap<>();
    plan.tools().forEach(tool -> tools.put(tool.name(), tool));
    this.reasoning = plan.notation().reasoning();
    this.calls = plan.readsCalls() ? plan.notation().calls() : Optional.empty();
    this.section = first(plan);
  }

  private Section first(AnswerPlan plan) {
    if (plan.notation().isHarmony()) {
      return new HarmonySection(this, plan.readsCalls());
    }
    if (plan.startsInReasoning() && reasoning.isPresent()) {
      return new ReasoningSection(this, reasoning.get());
    }
    return new TextSection(this, TextSection.After.BEGINNING);
  }

  /** Takes text. */
  void text(String text) {
    if (!text.isEmpty()) {
      transcript.append(text);
      read(false);
    }
  }

  /** Takes a tag that came as its control token. */
  void control(String tag) {
    transcript.appendControl(tag);
    read(false);
  }

  /** Ends the answer: what may have become something else is now what it is. */
  void finish() {
    read(true);
    parts.endText();
  }

  private void read(boolean over) {
    Section before;
    do {
      before = section;
      section = section.read(transcript, over);
    } while (section != before && !parts.stopped());
  }

  Parts parts() {
    return parts;
  }

  Optional<ReasoningForm> reasoning() {
    return reasoning;
  }

  Optional<CallForm> calls() {
    return calls;
  }

  Map<String, ToolDefinition> tools() {
    return tools;
  }
}
