package io.edgellm.examples.langchain4j;

import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import io.edgellm.llm.Generation;
import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationListener;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.ModelInfo;
import org.jspecify.annotations.Nullable;

/** Tells a handler of LangChain4j what happens during one generation. */
final class StreamedAnswer implements GenerationListener, StreamingHandle {
  private final GenerationRequest request;
  private final StreamingChatResponseHandler handler;
  private final ModelInfo model;
  private volatile @Nullable Generation generation;
  private volatile boolean cancelled;

  StreamedAnswer(GenerationRequest request, StreamingChatResponseHandler handler, ModelInfo model) {
    this.request = request;
    this.handler = handler;
    this.model = model;
  }

  /** Gets what there is to cancel; the first events may have come before. */
  void begin(Generation started) {
    generation = started;
    if (cancelled) {
      started.cancel();
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
    Generation started = generation;
    if (started != null) {
      started.cancel();
    }
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }

  @Override
  public void onEvent(GenerationEvent event) {
    if (cancelled) {
      return;
    }
    if (event instanceof GenerationEvent.Token token) {
      text(token.text());
    } else if (event instanceof GenerationEvent.Reasoning reasoning) {
      tell(
          () ->
              handler.onPartialThinking(
                  new PartialThinking(reasoning.text()), new PartialThinkingContext(this)));
    } else if (event instanceof GenerationEvent.ToolCalled called) {
      tell(
          () ->
              handler.onCompleteToolCall(
                  new CompleteToolCall(called.index(), MessageMapping.request(called.call()))));
    } else if (event instanceof GenerationEvent.Finished finished) {
      finish(finished);
    } else if (event instanceof GenerationEvent.Failed failed) {
      fail(failed.failure());
    }
  }

  private void text(String text) {
    if (!text.isEmpty()) {
      tell(
          () ->
              handler.onPartialResponse(
                  new PartialResponse(text), new PartialResponseContext(this)));
    }
  }

  private void finish(GenerationEvent.Finished finished) {
    text(finished.trailingText());
    if (cancelled) {
      return;
    }
    ChatResponse response;
    try {
      response = ResponseMapping.response(request, finished.result(), model);
    } catch (LangChain4jException e) {
      handler.onError(e);
      return;
    }
    tell(() -> handler.onCompleteResponse(response));
  }

  /** A handler whose {@code onError} throws has heard enough. */
  private void fail(InferenceException failure) {
    if (failure.reason() != InferenceException.Reason.LISTENER_FAILED) {
      handler.onError(FailureMapping.exception(failure));
    }
  }

  private void tell(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      handler.onError(e);
    }
  }
}
