package io.edgellm.inference.answer;

import io.edgellm.llm.Constraint;
import io.edgellm.llm.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How one family writes calls: blocks, each opened by a tag, with one call or several in it. The
 * streaming parser, the grammar and the text of past calls all follow this one description.
 *
 * @param family its name, for messages
 * @param openings the tags that open a block; the family writes the first
 * @param bare whether a block may begin without a tag where the answer begins
 * @param begin what stands between the opening and the first call
 * @param call one call
 * @param separator what stands between two calls of a block; empty if a block has only one
 * @param end what closes a block
 * @param blockSeparator what stands between two blocks; empty if an answer has only one
 * @param whitespace how the family writes the JSON in its calls
 */
record CallForm(
    String family,
    List<String> openings,
    boolean bare,
    List<Piece> begin,
    List<Piece> call,
    Optional<String> separator,
    List<Piece> end,
    Optional<String> blockSeparator,
    Constraint.Whitespace whitespace) {

  CallForm {
    openings = List.copyOf(openings);
    begin = List.copyOf(begin);
    call = List.copyOf(call);
    end = List.copyOf(end);
  }

  /** Returns all tags of the form. */
  List<String> tags() {
    List<String> tags = new ArrayList<>(openings);
    for (List<Piece> pieces : List.of(begin, call, end)) {
      for (Piece piece : pieces) {
        if (piece instanceof TagPiece tag) {
          tags.add(tag.tag());
        } else if (piece instanceof IdPiece id) {
          tags.add(id.tag());
        }
      }
    }
    return tags;
  }

  /** Returns what closes a block, without pieces that are nothing but white space. */
  List<Piece> visibleEnd() {
    return end.stream()
        .filter(piece -> !(piece instanceof Literal literal) || !literal.text().isBlank())
        .toList();
  }

  /** Returns the tag that closes a block, if there is one. */
  Optional<String> closing() {
    return end.stream()
        .filter(TagPiece.class::isInstance)
        .map(piece -> ((TagPiece) piece).tag())
        .reduce((first, last) -> last);
  }

  /** Returns calls as the family writes them. */
  String text(List<ToolCall> calls) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < calls.size(); i++) {
      ToolCall one = calls.get(i);
      boolean opens = i == 0 || separator.isEmpty();
      if (opens) {
        text.append(i == 0 ? "" : blockSeparator.orElse("\n"));
        text.append(bare || openings.isEmpty() ? "" : openings.get(0));
        begin.forEach(piece -> piece.write(one, whitespace, text));
      } else {
        text.append(separator.get());
      }
      call.forEach(piece -> piece.write(one, whitespace, text));
      if (i == calls.size() - 1 || separator.isEmpty()) {
        end.forEach(piece -> piece.write(one, whitespace, text));
      }
    }
    return text.toString();
  }

  /** Whether a block may begin at a place, without a tag. */
  Match beginsBare(Transcript transcript, int place) {
    return bare ? (begin.isEmpty() ? call : begin).get(0).begins(transcript, place) : Match.NO;
  }
}
