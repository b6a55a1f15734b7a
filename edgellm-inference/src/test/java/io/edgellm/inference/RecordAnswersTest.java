package io.edgellm.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.llm.Constraint;
import io.edgellm.llm.Described;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.JsonSchema;
import io.edgellm.llm.LoadedModel;
import io.edgellm.llm.Range;
import io.edgellm.llm.Sampling;
import io.edgellm.llm.ToolCall;
import io.edgellm.trust.DevelopmentModel;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Whatever a model draws under the schema of a record can be read into the record. */
@SuppressWarnings("UnusedNestedClass") // The model chooses among the records of an interface.
final class RecordAnswersTest {
  private static final LoadedModel MODEL =
      new OnnxModelLoader(OnnxOptions.builder().threads(1).build())
          .load(DevelopmentModel.at(Path.of(System.getProperty("edgellm.sample.dir"), "genai")));

  private record Command(@Described("which one") String tool, Arguments args) {}

  private record Arguments(String room, @Range(min = 0, max = 100) int level) {}

  private enum Room {
    KITCHEN,
    BEDROOM
  }

  private record Scalars(boolean on, byte b, long l, BigInteger big, Room room) {}

  private record Times(LocalDate date, OffsetTime time, Instant at, Duration pause, UUID id) {}

  private record Parts(
      @Range(min = 1, max = 3) List<Room> rooms,
      @Range(max = 2) Set<Integer> levels,
      Map<String, Boolean> states,
      Optional<String> note,
      OptionalInt count) {}

  private record Tree(@Range(max = 4) String name, @Range(max = 2) List<Tree> children) {}

  private sealed interface Step {}

  private record Wait(@Range(min = 1, max = 60) int minutes) implements Step {}

  private record Repeat(int times, Optional<Step> step) implements Step {}

  private record Plan(@Range(min = 1, max = 2) List<Step> steps) {}

  @AfterAll
  static void close() {
    MODEL.close();
  }

  @Test
  void answersWithTheRecordThatTheModelKnows() throws InterruptedException {
    assertThat(
            MODEL.generateAs(
                GenerationRequest.of("dim the bedroom lights to 30 percent"), Command.class))
        .isEqualTo(new Command("light.set", new Arguments("bedroom", 30)));
  }

  @Test
  void readsWhateverIsDrawn() throws InterruptedException {
    List<Class<? extends Record>> types =
        List.of(Scalars.class, Times.class, Parts.class, Tree.class, Plan.class);
    for (long seed = 0; seed < 5; seed++) {
      for (Class<? extends Record> type : types) {
        GenerationRequest request =
            GenerationRequest.builder()
                .user("dim the bedroom lights to 30 percent")
                .maxTokens(200)
                .sampling(Sampling.of(1.5f, seed))
                .constraint(Constraint.schema(JsonSchema.of(type)))
                .build();
        // As arguments, since those may also be read of an answer that had to be cut short.
        ToolCall drawn = new ToolCall("1", "draw", MODEL.generate(request).text());
        assertThat(drawn.argumentsAs(type)).as("%s, seed %d", type, seed).isNotNull();
      }
    }
  }
}
