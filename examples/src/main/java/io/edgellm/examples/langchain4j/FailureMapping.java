package io.edgellm.examples.langchain4j;

import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import io.edgellm.llm.InferenceException;

/** Says in LangChain4j's words why there is no answer, so that its retries know what to do. */
final class FailureMapping {
  private FailureMapping() {}

  static LangChain4jException exception(InferenceException e) {
    return switch (e.reason()) {
      case OVERLOADED, OUT_OF_BUDGET -> new RateLimitException(e.getMessage(), e);
      case NOT_SERVING, RUNTIME -> new InternalServerException(e.getMessage(), e);
      case PROMPT_TOO_LONG, INVALID_REQUEST, INVALID_CONSTRAINT, NO_SUCH_ADAPTER, TEMPLATE ->
          new InvalidRequestException(e.getMessage(), e);
      case TOOLS_UNSUPPORTED -> unsupported(e);
      case MODEL_INVALID,
          MODEL_UNSUPPORTED,
          CLOSED,
          ANSWER_INCOMPLETE,
          ANSWER_INVALID,
          LISTENER_FAILED ->
          new NonRetriableException(e.getMessage(), e);
    };
  }

  private static LangChain4jException unsupported(InferenceException e) {
    LangChain4jException unsupported = new UnsupportedFeatureException(e.getMessage());
    unsupported.initCause(e);
    return unsupported;
  }
}
