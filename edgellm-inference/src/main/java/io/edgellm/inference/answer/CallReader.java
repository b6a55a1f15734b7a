package io.edgellm.inference.answer;

import io.edgellm.llm.ToolDefinition;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one block of calls from a text that still grows: piece by piece, as the family's form says.
 *
 * <p>A call is certain when what follows it can only follow a call, or when the answer is over. If
 * a piece is missing, the block is malformed from the last certain call on: up to the tag that
 * closes it, to one that opens another, or to the end of the answer. For one block and one thread.
 */
final class CallReader {
  /** In characters; far above what a context holds of arguments that anybody means. */
  private static final int LONGEST = 1 << 20;

  private enum State {
    BEGIN,
    CALL,
    AFTER_CALL,
    END,
    MALFORMED,
    DONE
  }

  private final CallForm form;
  private final List<Piece> end;
  private final Map<String, ToolDefinition> tools;
  private final Parts parts;
  private State state = State.BEGIN;
  private int piece;
  private Piece.@Nullable Reading reading;
  private CallDraft draft;
  private boolean started;
  private int place;
  private int searched;
  private String reason = "";

  /**
   * @param from the place behind the opening tag
   */
  CallReader(CallForm form, Map<String, ToolDefinition> tools, Parts parts, int from) {
    this.form = form;
    this.end = form.visibleEnd();
    this.tools = tools;
    this.parts = parts;
    this.draft = new CallDraft(tools);
    this.place = from;
  }

  /**
   * Reads on; takes from the transcript what is certain.
   *
   * @return whether the block is done, and the transcript is behind it
   */
  boolean read(Transcript transcript, boolean over) {
    while (true) {
      try {
        if (!step(transcript, over)) {
          return state == State.DONE;
        }
      } catch (MalformedCallException e) {
        announce();
        state = State.MALFORMED;
        reason = e.reason();
        searched = Math.max(place, transcript.start());
      }
    }
  }

  /** Returns whether there may be more to read now. */
  private boolean step(Transcript transcript, boolean over) throws MalformedCallException {
    if (transcript.end() - transcript.start() > LONGEST && state != State.MALFORMED) {
      throw new MalformedCallException("it is longer than " + LONGEST + " characters");
    }
    return switch (state) {
      case BEGIN -> pieces(form.begin(), State.CALL, transcript, over);
      case CALL -> call(transcript, over);
      case AFTER_CALL -> afterCall(transcript, over);
      case END -> end(transcript, over);
      case MALFORMED -> malformed(transcript, over);
      case DONE -> false;
    };
  }

  private boolean pieces(List<Piece> pieces, State then, Transcript transcript, boolean over)
      throws MalformedCallException {
    while (piece < pieces.size()) {
      if (reading == null) {
        reading = pieces.get(piece).reading(place);
      }
      int end = reading.read(transcript, over, draft);
      if (end == Piece.NOT_YET) {
        if (over) {
          throw new MalformedCallException("the answer ended within it");
        }
        return false;
      }
      place = end;
      reading = null;
      piece++;
    }
    go(then);
    return true;
  }

  private boolean call(Transcript transcript, boolean over) throws MalformedCallException {
    if (over && onlyFrameIsMissing()) {
      goAfterCall(transcript);
      return true;
    }
    try {
      if (!pieces(form.call(), State.AFTER_CALL, transcript, over)) {
        announce();
        return false;
      }
    } catch (MalformedCallException e) {
      if (over && onlyFrameIsMissing() && place == transcript.end()) {
        goAfterCall(transcript);
        return true;
      }
      throw e;
    }
    if (end.isEmpty()) {
      finishCall(transcript);
    }
    return true;
  }

  /** Whether nothing but closing pieces are missing, which the end of the answer stands for. */
  private boolean onlyFrameIsMissing() {
    return piece > 0
        && reading == null
        && form.call().subList(piece, form.call().size()).stream().noneMatch(Piece::isContent)
        && form.call().subList(0, piece).stream().anyMatch(Piece::isContent);
  }

  private void goAfterCall(Transcript transcript) throws MalformedCallException {
    go(State.AFTER_CALL);
    place = transcript.end();
    if (end.isEmpty()) {
      finishCall(transcript);
    }
  }

  private boolean afterCall(Transcript transcript, boolean over) throws MalformedCallException {
    int next = transcript.skipBlanks(place);
    Match ends = end.isEmpty() ? Match.NO : end.get(0).begins(transcript, next);
    Match another = another(transcript, next);
    if (ends == Match.YES || another == Match.YES) {
      if (!end.isEmpty()) {
        finishCall(transcript);
      }
      boolean more = another == Match.YES;
      place = more ? next + visibleSeparator().length() : next;
      go(more ? State.CALL : State.END);
      return true;
    }
    if (over) {
      if (!end.isEmpty()) {
        requireEnd(transcript, next);
        finishCall(transcript);
      }
      return done(transcript, transcript.end());
    }
    if (ends == Match.NOT_YET || another == Match.NOT_YET) {
      return false;
    }
    if (end.isEmpty()) {
      return done(transcript, place);
    }
    throw new MalformedCallException("something else stands behind it");
  }

  /** At the end of the answer, the beginning of a closing tag is as good as all of it. */
  private void requireEnd(Transcript transcript, int next) throws MalformedCallException {
    if (next < transcript.end() && end.get(0).begins(transcript, next) != Match.NOT_YET) {
      throw new MalformedCallException("something else stands behind it");
    }
  }

  private Match another(Transcript transcript, int next) {
    if (form.separator().isEmpty()) {
      return Match.NO;
    }
    String visible = visibleSeparator();
    return visible.isEmpty()
        ? form.call().get(0).begins(transcript, next)
        : transcript.plain(visible, next);
  }

  private String visibleSeparator() {
    return form.separator().orElse("").strip();
  }

  /** What closes a block of complete calls may be missing; what stands there is text then. */
  private boolean end(Transcript transcript, boolean over) {
    while (piece < end.size()) {
      int next = transcript.skipBlanks(place);
      Piece expected = end.get(piece);
      Match match = expected.begins(transcript, next);
      if (match == Match.NOT_YET && !over) {
        return false;
      }
      if (match != Match.YES) {
        return done(transcript, over ? transcript.end() : place);
      }
      place = next + (expected instanceof TagPiece tag ? tag.tag().length() : 1);
      piece++;
    }
    return done(transcript, place);
  }

  private boolean malformed(Transcript transcript, boolean over) {
    int end = endOfMalformed(transcript, over);
    if (end == Piece.NOT_YET) {
      return false;
    }
    parts.rejected(transcript.take(end), reason);
    state = State.DONE;
    return false;
  }

  private int endOfMalformed(Transcript transcript, boolean over) {
    for (; searched < transcript.end(); searched++) {
      if (form.closing().isPresent()) {
        Match closing = transcript.tag(form.closing().get(), searched);
        if (closing == Match.YES) {
          return searched + form.closing().get().length();
        }
        if (closing == Match.NOT_YET && !over) {
          return Piece.NOT_YET;
        }
      }
      for (String opening : form.openings()) {
        Match match = searched > transcript.start() ? transcript.tag(opening, searched) : Match.NO;
        if (match == Match.YES) {
          return searched;
        }
        if (match == Match.NOT_YET && !over) {
          return Piece.NOT_YET;
        }
      }
    }
    return over ? transcript.end() : Piece.NOT_YET;
  }

  private void finishCall(Transcript transcript) throws MalformedCallException {
    announce();
    String name = draft.tool().name();
    parts.called(name, draft.arguments(), draft.id());
    transcript.take(place);
    draft = new CallDraft(tools);
    started = false;
  }

  private void announce() {
    if (!started && draft.knownName().isPresent()) {
      parts.started(draft.knownName().get());
      started = true;
    }
  }

  private void go(State next) {
    state = next;
    piece = 0;
    reading = null;
  }

  private boolean done(Transcript transcript, int end) {
    transcript.take(end);
    state = State.DONE;
    return false;
  }
}
