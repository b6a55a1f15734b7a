package io.edgellm.inference.answer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a family writes an answer.
 *
 * @param reasoning how it marks what it thinks, if it does
 * @param calls how it writes calls, if that is known and its template shows it the tools
 * @param isHarmony whether the answer is made of harmony's messages, which say all that by
 *     themselves
 */
record Notation(Optional<ReasoningForm> reasoning, Optional<CallForm> calls, boolean isHarmony) {

  List<String> tags() {
    List<String> tags = new ArrayList<>();
    reasoning.ifPresent(form -> tags.addAll(form.tags()));
    calls.ifPresent(form -> tags.addAll(form.tags()));
    if (isHarmony) {
      tags.addAll(HarmonySection.TAGS);
    }
    return tags;
  }
}
