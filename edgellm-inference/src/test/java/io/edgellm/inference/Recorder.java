package io.edgellm.inference;

import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what a generation told. */
final class Recorder implements GenerationListener {
  private final List<GenerationEvent> events = new CopyOnWriteArrayList<>();

  @Override
  public void onEvent(GenerationEvent event) {
    events.add(event);
  }

  List<GenerationEvent> events() {
    return events;
  }

  GenerationEvent last() {
    return events.get(events.size() - 1);
  }

  /** The text of all tokens and the rest. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (GenerationEvent event : events) {
      if (event instanceof GenerationEvent.Token token) {
        text.append(token.text());
      } else if (event instanceof GenerationEvent.Finished finished) {
        text.append(finished.trailingText());
      }
    }
    return text.toString();
  }
}
