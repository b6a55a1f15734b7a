package io.edgellm.inference.answer;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.edgellm.inference.text.Tokenizer;
import io.edgellm.inference.text.Vocabulary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a model writes, it is read without a fault, and the same however it is cut. */
class AnswerFuzzTest {
  private static final List<CallForm> FORMS =
      List.of(
          Hermes.form(),
          QwenCoder.form(),
          Llama.form(),
          Pythonic.form(),
          Mistral.list(),
          Mistral.named(true),
          TaggedList.phi(),
          TaggedList.command(),
          DeepSeek.v3(),
          DeepSeek.v31());

  /** Has none of the tags, so that all of them are text. */
  private static final Vocabulary VOCABULARY = vocabulary();

  private static Vocabulary vocabulary() {
    Path model = Path.of(System.getProperty("edgellm.sample.dir")).resolve("genai");
    try (Tokenizer tokenizer = Tokenizer.load(model)) {
      return tokenizer.vocabulary();
    }
  }

  static Stream<Arguments> seeds() {
    String call = "{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\"}}";
    return Stream.of(
        Arguments.of("<tool_call>\n" + call + "\n</tool_call>", 0, 0b1010L),
        Arguments.of(
            "<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n"
                + "</function>\n</tool_call>",
            1,
            -1L),
        Arguments.of(call + "; " + call, 2, 1L),
        Arguments.of("[get_weather(city='Paris', days=2)] ", 3, -1L),
        Arguments.of("[TOOL_CALLS][" + call + ", " + call + "]", 4, 0b11L),
        Arguments.of("[TOOL_CALLS]get_weather[CALL_ID]abcdefghi[ARGS]{\"city\": \"x\"}", 5, 7L),
        Arguments.of("<think> a </think> <|tool_call|>[" + call, 6, -1L));
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "1m")
  void readsAnythingTheSameHoweverItIsCut(@NotNull String answer, int family, long cutAfter) {
    CallForm form = FORMS.get(Math.floorMod(family, FORMS.size()));
    List<String> pieces = new ArrayList<>();
    int start = 0;
    for (int end = 1; end <= answer.length(); end++) {
      if (end == answer.length() || (cutAfter >> end % 64 & 1) == 1) {
        pieces.add(answer.substring(start, end));
        start = end;
      }
    }
    assertThat(read(form, pieces)).isEqualTo(read(form, List.of(answer)));
  }

  private static String read(CallForm form, List<String> pieces) {
    ReasoningForm think = new ReasoningForm("<think>", "</think>", Optional.of("response"));
    Notation notation = new Notation(Optional.of(think), Optional.of(form), false);
    AnswerReader reader =
        new AnswerPlan(notation, VOCABULARY, FamilyModel.request().build(), false).reader();
    pieces.forEach(reader::text);
    reader.finish();
    return Outcome.of(reader.parts().take());
  }
}
