package io.edgellm.inference.answer;

/**
 * A tag within a call.
 *
 * @param tag the tag
 */
record TagPiece(String tag) implements Piece {
  @Override
  public Match begins(Transcript transcript, int place) {
    return transcript.tag(tag, place);
  }

  @Override
  public Reading reading(int from) {
    return (transcript, over, call) -> {
      int place = transcript.skipBlanks(from);
      return switch (transcript.tag(tag, place)) {
        case YES -> place + tag.length();
        case NOT_YET -> NOT_YET;
        case NO -> throw new MalformedCallException("'" + tag + "' is missing");
      };
    };
  }

  @Override
  public boolean isContent() {
    return false;
  }
}
