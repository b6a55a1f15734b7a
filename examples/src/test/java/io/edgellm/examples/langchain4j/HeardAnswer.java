package io.edgellm.examples.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Writes down what a streaming chat tells. */
final class HeardAnswer implements StreamingChatResponseHandler {
  final List<String> all = new ArrayList<>();
  final List<Throwable> errors = new ArrayList<>();
  final CompletableFuture<ChatResponse> response = new CompletableFuture<>();
  Consumer<PartialResponseContext> onText = context -> {};

  @Override
  public void onPartialResponse(PartialResponse text, PartialResponseContext context) {
    all.add("says " + text.text());
    onText.accept(context);
  }

  @Override
  public void onPartialThinking(PartialThinking thinking) {
    all.add("thinks " + thinking.text());
  }

  @Override
  public void onCompleteToolCall(CompleteToolCall call) {
    all.add("calls " + call.index() + " " + call.toolExecutionRequest());
  }

  @Override
  public void onCompleteResponse(ChatResponse complete) {
    all.add("completes " + complete.aiMessage().text());
    response.complete(complete);
  }

  @Override
  public void onError(Throwable error) {
    errors.add(error);
    response.completeExceptionally(error);
  }
}
