package io.edgellm.inference.answer;

/**
 * Text of the answer, up to a tag that opens something else.
 *
 * <p>What may become such a tag is held back until it is known not to be, and so is white space
 * before it, which is no part of the text if calls follow.
 */
final class TextSection implements Section {
  /** What stands before the text. */
  enum After {
    /** Nothing: the answer begins. */
    BEGINNING,
    /** Reasoning. */
    REASONING,
    /** Calls. */
    CALLS
  }

  private final AnswerReader answer;
  private final After after;
  private boolean skipsBlanks;
  private boolean begun;
  private boolean inResponse;

  TextSection(AnswerReader answer, After after) {
    this.answer = answer;
    this.after = after;
    this.skipsBlanks = after != After.BEGINNING;
  }

  @Override
  public Section read(Transcript transcript, boolean over) {
    int place = transcript.start();
    while (place < transcript.end()) {
      if (skipsBlanks && transcript.isBlank(place)) {
        transcript.take(++place);
        continue;
      }
      skipsBlanks = false;
      Match calls = calls(transcript, place);
      Match reasoning = reasoning(transcript, place);
      Match frame = frame(transcript, place);
      if (calls == Match.YES) {
        return callsAt(transcript, place);
      } else if (reasoning == Match.YES) {
        return reasoningAt(transcript, place);
      } else if (frame == Match.YES) {
        place = frameAt(transcript, place);
        continue;
      } else if (calls.or(reasoning).or(frame) == Match.NOT_YET && !over) {
        break;
      }
      begun |= !transcript.isBlank(place);
      place++;
    }
    show(transcript, over ? place : certain(transcript, place));
    return this;
  }

  private Match calls(Transcript transcript, int place) {
    Match match = Match.NO;
    if (answer.calls().isPresent()) {
      CallForm form = answer.calls().get();
      for (String opening : form.openings()) {
        match = match.or(transcript.tag(opening, place));
      }
      if (!begun && after != After.CALLS && !transcript.isBlank(place)) {
        match = match.or(form.beginsBare(transcript, place));
      }
    }
    return match;
  }

  /** A tag that is plain text opens reasoning only where nothing stands before it. */
  private Match reasoning(Transcript transcript, int place) {
    if (answer.reasoning().isEmpty()) {
      return Match.NO;
    }
    boolean possible = transcript.isControl(place) || (!begun && after == After.BEGINNING);
    return possible ? transcript.tag(answer.reasoning().get().open(), place) : Match.NO;
  }

  private Match frame(Transcript transcript, int place) {
    boolean possible = inResponse || (!begun && after == After.REASONING);
    return possible
        ? answer
            .reasoning()
            .flatMap(form -> form.response(!inResponse))
            .map(tag -> transcript.tag(tag, place))
            .orElse(Match.NO)
        : Match.NO;
  }

  private Section callsAt(Transcript transcript, int place) {
    show(transcript, startOfBlanks(transcript, place));
    answer.parts().endText();
    CallForm form = answer.calls().orElseThrow();
    int from =
        place
            + form.openings().stream()
                .filter(opening -> transcript.tag(opening, place) == Match.YES)
                .mapToInt(String::length)
                .findFirst()
                .orElse(0);
    return new CallSection(answer, form, from);
  }

  private Section reasoningAt(Transcript transcript, int place) {
    ReasoningForm form = answer.reasoning().orElseThrow();
    show(transcript, startOfBlanks(transcript, place));
    answer.parts().endText();
    transcript.take(place + form.open().length());
    return new ReasoningSection(answer, form);
  }

  /** Takes a tag around the text away, with the white space on both sides. */
  private int frameAt(Transcript transcript, int place) {
    String tag = answer.reasoning().orElseThrow().response(!inResponse).orElseThrow();
    show(transcript, startOfBlanks(transcript, place));
    inResponse = !inResponse;
    skipsBlanks = true;
    transcript.take(place + tag.length());
    return transcript.start();
  }

  /** Returns where the text ends that can be shown now. */
  private int certain(Transcript transcript, int place) {
    boolean blanksMayGo =
        answer.calls().isPresent() || inResponse || (!begun && answer.reasoning().isPresent());
    return blanksMayGo ? startOfBlanks(transcript, place) : place;
  }

  private static int startOfBlanks(Transcript transcript, int end) {
    int place = end;
    while (place > transcript.start() && transcript.isBlank(place - 1)) {
      place--;
    }
    return place;
  }

  private void show(Transcript transcript, int until) {
    answer.parts().text(transcript.take(until));
  }
}
