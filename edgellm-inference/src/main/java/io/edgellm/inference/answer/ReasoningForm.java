package io.edgellm.inference.answer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a family marks what it thinks before it answers. White space around the span and at both ends
 * of it belongs to neither reasoning nor text.
 *
 * @param open the tag before it
 * @param close the tag behind it
 * @param response the tag around the text that follows, without its brackets, in families that have
 *     one: {@code response} for {@code <response>…</response>}
 */
record ReasoningForm(String open, String close, Optional<String> response) {

  /** Returns the tag that opens or closes the text, in families that have one. */
  Optional<String> response(boolean opening) {
    return response.map(name -> (opening ? "<" : "</") + name + ">");
  }

  List<String> tags() {
    List<String> tags = new ArrayList<>(List.of(open, close));
    response(true).ifPresent(tags::add);
    response(false).ifPresent(tags::add);
    return tags;
  }
}
