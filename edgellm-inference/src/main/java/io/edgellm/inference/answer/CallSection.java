package io.edgellm.inference.answer;

/** A block of calls. */
final class CallSection implements Section {
  private final AnswerReader answer;
  private final CallReader reader;

  /**
   * @param from the place behind the tag that opens the block
   */
  CallSection(AnswerReader answer, CallForm form, int from) {
    this.answer = answer;
    this.reader = new CallReader(form, answer.tools(), answer.parts(), from);
  }

  @Override
  public Section read(Transcript transcript, boolean over) {
    return reader.read(transcript, over) ? new TextSection(answer, TextSection.After.CALLS) : this;
  }
}
