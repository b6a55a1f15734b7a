package io.edgellm.examples.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.service.AiServices;
import io.edgellm.llm.LoadedModel;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** LangChain4j's services that return more than text, over the sample model. */
final class LangChain4jAnswersTest {
  private static final LoadedModel MODEL = SampleModel.load();

  /** What the sample model was trained to write. */
  private record Command(String tool, Arguments args) {}

  private record Arguments(String room, int level) {}

  private record Tree(String name, List<Tree> children) {}

  private enum Room {
    KITCHEN,
    BEDROOM
  }

  private interface House {
    Command command(String text);

    Room room(String text);

    boolean isOn(String text);

    int level(String text);

    List<String> rooms(String text);

    Tree tree(String text);
  }

  private final House house =
      AiServices.builder(House.class).chatModel(new EdgeLlmChatModel(MODEL)).build();

  @AfterAll
  static void close() {
    MODEL.close();
  }

  @Test
  void returnsARecord() {
    assertThat(house.command("dim the bedroom lights to 30 percent"))
        .isEqualTo(new Command("light.set", new Arguments("bedroom", 30)));
  }

  @Test
  void returnsAConstantANumberAndATruthValue() {
    assertThat(house.room("turn the kitchen light on")).isNotNull();
    assertThat(Optional.of(house.isOn("turn the kitchen light on"))).isPresent();
    assertThat(Optional.of(house.level("dim the bedroom lights to 30 percent"))).isPresent();
  }

  @Test
  void refusesListsAndTreesThatHadToBeCutShort() {
    assertThatThrownBy(() -> house.rooms("turn the kitchen light on"))
        .isInstanceOf(NonRetriableException.class)
        .hasMessageContaining("cut short");
    assertThatThrownBy(() -> house.tree("turn the kitchen light on"))
        .isInstanceOf(NonRetriableException.class)
        .hasMessageContaining("cut short");
  }
}
