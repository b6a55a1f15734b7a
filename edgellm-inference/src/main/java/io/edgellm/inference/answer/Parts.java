package io.edgellm.inference.answer;

import io.edgellm.inference.text.StopStrings;
import io.edgellm.llm.MalformedToolCall;
import io.edgellm.llm.ToolCall;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Collects the parts of one answer. Stop strings end it: they are looked for in its text, not in
 * reasoning and calls, and none of them reaches over a call. For one thread.
 */
final class Parts {
  private final StopStrings stopStrings;
  private final CallIds ids;
  private List<AnswerPart> parts = new ArrayList<>();
  private int calls;

  Parts(Collection<String> stopStrings, CallIds ids) {
    this.stopStrings = new StopStrings(stopStrings);
    this.ids = ids;
  }

  boolean stopped() {
    return stopStrings.matched().isPresent();
  }

  void text(String text) {
    add(stopStrings.next(text));
  }

  /** Ends a stretch of text: what was held back is no stop string. */
  void endText() {
    add(stopStrings.finish());
  }

  void reasoning(String text) {
    if (!text.isEmpty() && !stopped()) {
      parts.add(new AnswerPart.Reasoning(text));
    }
  }

  void started(String name) {
    if (!stopped()) {
      parts.add(new AnswerPart.CallStarted(calls, name));
    }
  }

  void called(String name, String arguments, Optional<String> id) {
    if (!stopped()) {
      ToolCall call = new ToolCall(ids.of(calls, name, arguments, id), name, arguments);
      parts.add(new AnswerPart.CallFinished(calls++, call));
    }
  }

  void rejected(String text, String reason) {
    if (!stopped()) {
      parts.add(new AnswerPart.CallRejected(new MalformedToolCall(text, reason)));
      text(text);
    }
  }

  /** Returns what was collected since the last time. */
  List<AnswerPart> take() {
    List<AnswerPart> taken = parts;
    parts = new ArrayList<>();
    return taken;
  }

  private void add(String text) {
    if (!text.isEmpty()) {
      parts.add(new AnswerPart.Text(text));
    }
  }
}
