package io.edgellm.inference.answer;

import java.util.List;

/** The parts of an answer in one line, neighbouring pieces of text joined. */
final class Outcome {
  private Outcome() {}

  static String of(List<AnswerPart> parts) {
    StringBuilder line = new StringBuilder();
    String open = "";
    for (AnswerPart part : parts) {
      String kind = part.getClass().getSimpleName();
      boolean joins = kind.equals(open) && (kind.equals("Text") || kind.equals("Reasoning"));
      if (!joins) {
        line.append(line.isEmpty() ? "" : " | ").append(kind).append(' ');
      }
      line.append(content(part));
      open = kind;
    }
    return line.toString().replace("\n", "\\n");
  }

  private static String content(AnswerPart part) {
    if (part instanceof AnswerPart.Text text) {
      return text.text();
    } else if (part instanceof AnswerPart.Reasoning reasoning) {
      return reasoning.text();
    } else if (part instanceof AnswerPart.CallStarted started) {
      return started.index() + " " + started.name();
    } else if (part instanceof AnswerPart.CallFinished finished) {
      return finished.index() + " " + finished.call().name() + " " + finished.call().arguments();
    }
    return ((AnswerPart.CallRejected) part).malformed().reason();
  }
}
