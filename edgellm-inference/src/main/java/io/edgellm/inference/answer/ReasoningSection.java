package io.edgellm.inference.answer;

/** Reasoning, up to the tag that closes it or the end of the answer. */
final class ReasoningSection implements Section {
  private final AnswerReader answer;
  private final ReasoningForm form;
  private boolean begun;

  ReasoningSection(AnswerReader answer, ReasoningForm form) {
    this.answer = answer;
    this.form = form;
  }

  @Override
  public Section read(Transcript transcript, boolean over) {
    int place = transcript.start();
    Match close = Match.NO;
    while (place < transcript.end()) {
      close = transcript.tag(form.close(), place);
      if (close == Match.YES || (close == Match.NOT_YET && !over)) {
        break;
      }
      place++;
    }
    think(transcript, place);
    if (close == Match.YES) {
      transcript.take(place + form.close().length());
      return new TextSection(answer, TextSection.After.REASONING);
    }
    if (over) {
      transcript.take(transcript.end());
    }
    return this;
  }

  /** Shows what is before a place; white space at the end of it waits for what comes behind. */
  private void think(Transcript transcript, int until) {
    int end = until;
    while (end > transcript.start() && transcript.isBlank(end - 1)) {
      end--;
    }
    if (end > transcript.start()) {
      if (!begun) {
        transcript.take(transcript.skipBlanks(transcript.start()));
        begun = true;
      }
      answer.parts().reasoning(transcript.take(end));
    }
  }
}
