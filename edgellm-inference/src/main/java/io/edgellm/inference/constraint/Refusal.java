package io.edgellm.inference.constraint;

import io.edgellm.inference.grammar.GrammarException;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.InferenceException.Reason;

/** Says of a grammar's error what a request has to do with it. */
final class Refusal {
  private Refusal() {}

  static InferenceException of(GrammarException e) {
    return new InferenceException(
        Reason.INVALID_CONSTRAINT, e.getMessage(), e.rule().orElse(null), e);
  }
}
