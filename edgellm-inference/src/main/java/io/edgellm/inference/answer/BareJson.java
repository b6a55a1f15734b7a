package io.edgellm.inference.answer;

import io.edgellm.llm.Constraint.Whitespace;
import java.util.List;
import java.util.Optional;

/**
 * Models that were trained to answer with one JSON object that is the call, without tags, and whose
 * directory says how its fields are called.
 *
 * <pre>{@code {"tool":"light.set","args":{"room":"kitchen"}}}</pre>
 */
final class BareJson {
  private BareJson() {}

  static CallForm form(String name, String arguments, Whitespace whitespace) {
    return new CallForm(
        "json",
        List.of(),
        true,
        List.of(),
        List.of(
            new JsonCallPiece(
                new JsonCallPiece.CallKeys(
                    name, List.of(arguments), "", JsonCallPiece.CallKeys.Id.NONE))),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        whitespace);
  }
}
