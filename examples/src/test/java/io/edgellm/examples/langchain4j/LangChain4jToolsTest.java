package io.edgellm.examples.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.ReturnBehavior;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolSpecifications;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.Result;
import io.edgellm.llm.LoadedModel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** LangChain4j's services whose tools the sample model calls. */
final class LangChain4jToolsTest {
  private static final String COMMAND = "dim the bedroom lights to 30 percent";
  private static final LoadedModel MODEL = SampleModel.load();

  private final List<String> done = new ArrayList<>();

  private interface House {
    Result<String> command(String text);
  }

  /** Public, since LangChain4j calls its methods. */
  public final class Lights {
    /** Sets a light. */
    @Tool(name = "light.set", value = "Sets a light.", returnBehavior = ReturnBehavior.IMMEDIATE)
    public String set(@P("the room") String room, @P("percent") int level) {
      done.add(room + " " + level);
      return "done";
    }
  }

  @AfterAll
  static void close() {
    MODEL.close();
  }

  @Test
  void callsAToolWithItsArguments() {
    House house =
        AiServices.builder(House.class)
            .chatModel(new EdgeLlmChatModel(MODEL))
            .tools(new Lights())
            .build();
    Result<String> result = house.command(COMMAND);
    assertThat(done).containsExactly("bedroom 30");
    assertThat(result.toolExecutions())
        .singleElement()
        .satisfies(execution -> assertThat(execution.result()).isEqualTo("done"));
  }

  @Test
  void tellsCallsOfAStream() {
    HeardAnswer heard = new HeardAnswer();
    new EdgeLlmStreamingChatModel(MODEL)
        .chat(
            ChatRequest.builder()
                .messages(UserMessage.from(COMMAND))
                .toolSpecifications(ToolSpecifications.toolSpecificationsFrom(new Lights()))
                .toolChoice(ToolChoice.REQUIRED)
                .build(),
            heard);
    ChatResponse response = heard.response.join();
    assertThat(response.finishReason()).isEqualTo(FinishReason.TOOL_EXECUTION);
    assertThat(response.aiMessage().toolExecutionRequests())
        .singleElement()
        .satisfies(
            call -> {
              assertThat(call.name()).isEqualTo("light.set");
              assertThat(call.arguments()).isEqualTo("{\"room\":\"bedroom\",\"level\":30}");
              assertThat(heard.all).containsExactly("calls 0 " + call, "completes null");
            });
  }
}
