package io.edgellm.examples.cli;

import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationListener;

/** Shows an answer while it comes. */
final class ShownAnswer implements GenerationListener {
  private final Console console;

  ShownAnswer(Console console) {
    this.console = console;
  }

  @Override
  public void onEvent(GenerationEvent event) {
    if (event instanceof GenerationEvent.Token token) {
      console.stream(token.text());
    } else if (event instanceof GenerationEvent.ToolCalled called) {
      console.stream(called.call().name() + " " + called.call().arguments() + "\n");
    } else if (event instanceof GenerationEvent.Finished end) {
      console.stream(end.trailingText());
    }
  }
}
