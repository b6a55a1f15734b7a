package io.edgellm.examples.langchain4j;

import static io.edgellm.examples.langchain4j.ScriptedModel.failed;
import static io.edgellm.examples.langchain4j.ScriptedModel.finished;
import static io.edgellm.examples.langchain4j.ScriptedModel.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.listener.ChatModelErrorContext;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelRequestContext;
import dev.langchain4j.model.chat.listener.ChatModelResponseContext;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.TokenUsage;
import io.edgellm.llm.FinishReason;
import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.InferenceException.Reason;
import io.edgellm.llm.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What an engine tells is what LangChain4j hears, for events that the sample model never causes.
 */
final class ScriptedChatTest {
  private static final ToolCall CALL = new ToolCall("7", "light.set", "{\"level\":30}");
  private static final ToolExecutionRequest REQUEST = MessageMapping.request(CALL);

  @Test
  void answersWithTextThoughtsCallsAndUsage() {
    ScriptedModel model =
        new ScriptedModel(finished("", FinishReason.TOOL_CALLS, "hm", List.of(CALL)));
    ChatResponse response = new EdgeLlmChatModel(model).chat(hello());
    assertThat(response.aiMessage())
        .isEqualTo(
            AiMessage.builder().thinking("hm").toolExecutionRequests(List.of(REQUEST)).build());
    assertThat(response.finishReason())
        .isEqualTo(dev.langchain4j.model.output.FinishReason.TOOL_EXECUTION);
    assertThat(response.tokenUsage()).isEqualTo(new TokenUsage(5, 2));
    assertThat(response.modelName()).isEqualTo("scripted");
  }

  @Test
  void tellsThoughtsTextAndCallsWhileTheyCome() {
    HeardAnswer heard =
        stream(
            new GenerationEvent.Started(0, 0, 5),
            new GenerationEvent.Reasoning(0, "hm"),
            token(""),
            token("One "),
            token("moment"),
            new GenerationEvent.ToolCallStarted(0, 0, "light.set"),
            new GenerationEvent.ToolCalled(0, 0, CALL),
            finished("One moment", FinishReason.TOOL_CALLS, "hm", List.of(CALL)));
    assertThat(heard.all)
        .containsExactly(
            "thinks hm", "says One ", "says moment", "calls 0 " + REQUEST, "completes One moment");
  }

  @Test
  void tellsFailuresOfStreams() {
    assertThat(stream(failed(Reason.OVERLOADED)).errors)
        .singleElement()
        .isInstanceOf(RateLimitException.class);
    assertThat(stream(token("a"), finished("a", FinishReason.DEADLINE)).errors)
        .singleElement()
        .isInstanceOf(TimeoutException.class);
  }

  @Test
  void tellsAHandlerItsOwnExceptionsAndGoesOn() {
    HeardAnswer heard = new HeardAnswer();
    heard.onText =
        context -> {
          throw new IllegalStateException("full");
        };
    ScriptedModel model =
        new ScriptedModel(token("a"), token("b"), finished("ab", FinishReason.END));
    new EdgeLlmStreamingChatModel(model).chat("hello", heard);
    assertThat(heard.all).containsExactly("says a", "says b", "completes ab");
    assertThat(heard.errors).hasSize(2).allMatch(e -> "full".equals(e.getMessage()));
  }

  @Test
  void saysNothingMoreOnceItIsCancelled() {
    HeardAnswer heard = new HeardAnswer();
    heard.onText = context -> context.streamingHandle().cancel();
    ScriptedModel model =
        new ScriptedModel(token("a"), token("b"), finished("ab", FinishReason.CANCELLED));
    new EdgeLlmStreamingChatModel(model).chat("hello", heard);
    assertThat(heard.all).containsExactly("says a");
    assertThat(model.cancellations).isEqualTo(1);
  }

  @Test
  void refusesABadRequestThroughTheHandler() {
    HeardAnswer heard = new HeardAnswer();
    ScriptedModel model = new ScriptedModel();
    ChatRequestParameters other = ChatRequestParameters.builder().modelName("other").build();
    new EdgeLlmStreamingChatModel(model, ChatSettings.standard().withDefaults(other))
        .chat("hello", heard);
    assertThat(heard.errors).singleElement().isInstanceOf(ModelNotFoundException.class);
    assertThat(model.requests).isEmpty();
  }

  @TestFactory
  Stream<DynamicTest> throwsWhatLangChain4jUnderstands() {
    Map<Reason, Class<? extends RuntimeException>> expected =
        Map.of(
            Reason.OVERLOADED, RateLimitException.class,
            Reason.OUT_OF_BUDGET, RateLimitException.class,
            Reason.NOT_SERVING, InternalServerException.class,
            Reason.RUNTIME, InternalServerException.class,
            Reason.PROMPT_TOO_LONG, InvalidRequestException.class,
            Reason.INVALID_CONSTRAINT, InvalidRequestException.class,
            Reason.TEMPLATE, InvalidRequestException.class,
            Reason.TOOLS_UNSUPPORTED, UnsupportedFeatureException.class,
            Reason.CLOSED, NonRetriableException.class);
    return expected.entrySet().stream()
        .map(
            e ->
                DynamicTest.dynamicTest(
                    e.getKey().name(),
                    () ->
                        assertThatThrownBy(
                                () ->
                                    new EdgeLlmChatModel(new ScriptedModel(failed(e.getKey())))
                                        .chat(hello()))
                            .isExactlyInstanceOf(e.getValue())
                            .hasMessage("It says why.")
                            .hasCauseInstanceOf(InferenceException.class)));
  }

  @Test
  void throwsThatTheTimeoutHasPassed() {
    ScriptedModel model = new ScriptedModel(finished("so fa", FinishReason.DEADLINE));
    assertThatThrownBy(() -> new EdgeLlmChatModel(model).chat(hello()))
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("after 2 tokens");
  }

  @Test
  void tellsListenersOfRequestsResponsesAndErrors() {
    List<String> heard = new ArrayList<>();
    ChatSettings settings = ChatSettings.standard().withListeners(listener(heard));
    new EdgeLlmChatModel(new ScriptedModel(finished("a", FinishReason.END)), settings)
        .chat(hello());
    new EdgeLlmStreamingChatModel(new ScriptedModel(failed(Reason.CLOSED)), settings)
        .chat("hello", new HeardAnswer());
    assertThat(heard).containsExactly("request", "response", "request", "error");
  }

  private static ChatModelListener listener(List<String> heard) {
    return new ChatModelListener() {
      @Override
      public void onRequest(ChatModelRequestContext context) {
        heard.add("request");
      }

      @Override
      public void onResponse(ChatModelResponseContext context) {
        heard.add("response");
      }

      @Override
      public void onError(ChatModelErrorContext context) {
        heard.add("error");
      }
    };
  }

  private static HeardAnswer stream(GenerationEvent... events) {
    HeardAnswer heard = new HeardAnswer();
    new EdgeLlmStreamingChatModel(new ScriptedModel(events)).chat("hello", heard);
    return heard;
  }

  private static dev.langchain4j.data.message.UserMessage hello() {
    return dev.langchain4j.data.message.UserMessage.from("hello");
  }
}
