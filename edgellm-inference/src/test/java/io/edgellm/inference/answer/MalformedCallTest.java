package io.edgellm.inference.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.ToolChoice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What begins like a call and is none is text, all of it, with a reason. */
class MalformedCallTest {
  private static final List<String> QWEN =
      List.of("<tool_call>", "</tool_call>", "<think>", "</think>");
  private static final String CALL =
      "{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\"}}";

  @TempDir Path directory;

  private FamilyModel qwen() throws IOException {
    return FamilyModel.of(directory, Templates.HERMES, QWEN);
  }

  private static String text(List<AnswerPart> parts) {
    StringBuilder text = new StringBuilder();
    for (AnswerPart part : parts) {
      if (part instanceof AnswerPart.Text each) {
        text.append(each.text());
      } else if (part instanceof AnswerPart.Reasoning each) {
        text.append(each.text());
      }
    }
    return text.toString();
  }

  private static List<AnswerPart> parts(FamilyModel model, AnswerPlan plan, String answer) {
    AnswerParser parser = plan.parser(model.tokenizer());
    List<AnswerPart> parts = new ArrayList<>();
    for (int token : model.tokens(answer)) {
      parts.addAll(parser.next(token));
    }
    parts.addAll(parser.finish());
    return parts;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "{\"name\": \"get_weather\", \"arguments\": {\"city\": 'Paris'}} ~ none can be",
        "{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\",}} ~ it is not JSON",
        "{\"name\": \"get_weather\", \"arguments\": {\"days\": NaN}} ~ it is not JSON",
        "{\"name\": \"get_weather\", \"arguments\": {\"days\": 1, \"days\": 2}} ~ it is not JSON",
        "{\"name\": \"get_weather\", \"arguments\": [1]} ~ no JSON object",
        "{\"name\": \"get_weather\", \"arguments\": \"Paris\"} ~ it is not JSON",
        "{\"name\": \"get_weather\", \"arguments\": {\"city\": \"\\ud800\"}} ~ surrogate",
        "{\"name\": \"get_whether\", \"arguments\": {}} ~ no tool of the name 'get_whether'",
        "{\"name\": 1, \"arguments\": {}} ~ no field 'name' with a name",
        "{\"arguments\": {}} ~ no field 'name' with a name",
        "{\"name\": \"get_weather\", \"arguments\": {}, \"extra\": 1} ~ a field 'extra'",
        "{\"name\": \"get_weather\", \"arguments\": {}, \"parameters\": {}} ~ arguments twice",
        "{\"name\": \"get_weather\", \"arguments\": {}}} ~ something else stands behind it",
        "call the weather ~ no JSON object",
        "`` ~ no JSON object"
      })
  void saysWhatIsWrong(String body, String reason) throws IOException {
    try (FamilyModel model = qwen()) {
      String answer = "Well. <tool_call>\n" + body + "\n</tool_call> Done.";
      List<AnswerPart> parts = parts(model, model.plan(false), answer);

      assertThat(parts)
          .filteredOn(AnswerPart.CallRejected.class::isInstance)
          .singleElement()
          .satisfies(
              part ->
                  assertThat(((AnswerPart.CallRejected) part).malformed().reason())
                      .contains(reason));
      assertThat(text(parts).replaceAll("\\s", "")).isEqualTo(answer.replaceAll("\\s", ""));
    }
  }

  @Test
  void goesOnWithTheNextCallAfterAMalformedOne() throws IOException {
    try (FamilyModel model = qwen()) {
      String answer =
          "<tool_call>{\"name\": <tool_call>" + CALL + "</tool_call><tool_call>{}</tool_call>";

      assertThat(model.readTokens(model.plan(false), answer))
          .isEqualTo(
              "CallRejected a control token is in its JSON | Text <tool_call>{\"name\":  |"
                  + " CallStarted 0 get_weather | CallFinished 0 get_weather {\"city\":\"Paris\"}"
                  + " | CallRejected it has no field 'name' with a name | Text"
                  + " <tool_call>{}</tool_call>");
    }
  }

  @Test
  void takesNoArgumentsThatAreDeeperThanJsonMayBe() throws IOException {
    try (FamilyModel model = FamilyModel.of(directory, Templates.QWEN_CODER, QWEN)) {
      String deep = "[".repeat(64) + "]".repeat(64);
      String answer =
          "<tool_call><function=get_weather><parameter=x>" + deep + "</parameter></function>";

      assertThat(model.readTokens(model.plan(false), answer))
          .startsWith("CallStarted 0 get_weather | CallRejected it is not JSON");
    }
  }

  @Test
  void keepsTheCertainCallsOfAListThatIsCutOff() throws IOException {
    try (FamilyModel model =
        FamilyModel.of(directory, Templates.MISTRAL, List.of("[TOOL_CALLS]"))) {
      assertThat(model.readTokens(model.plan(false), "[TOOL_CALLS][" + CALL + ", {\"name\": \"li"))
          .isEqualTo(
              "CallStarted 0 get_weather | CallFinished 0 get_weather {\"city\":\"Paris\"} |"
                  + " CallRejected the answer ended within it | Text , {\"name\": \"li");
    }
  }

  @Test
  void takesATagSpelledByOrdinaryTokensForText() throws IOException {
    try (FamilyModel model = qwen()) {
      AnswerParser parser = model.plan(false).parser(model.tokenizer());
      List<AnswerPart> parts = new ArrayList<>();
      String answer = "<tool_call>\n" + CALL + "\n</tool_call> <think>";
      for (int token : model.tokenizer().encode(answer)) {
        parts.addAll(parser.next(token));
      }
      parts.addAll(parser.finish());

      assertThat(Outcome.of(parts)).isEqualTo("Text " + answer.replace("\n", "\\n"));
    }
  }

  @Test
  void looksForStopStringsInTextOnly() throws IOException {
    try (FamilyModel model = qwen()) {
      GenerationRequest request = FamilyModel.request().stop("Paris").build();
      AnswerPlan plan = model.format().plan(request, false);

      assertThat(
              model.readTokens(
                  plan,
                  "<think>Paris?</think>Look. <tool_call>" + CALL + "</tool_call>In Paris, it is"))
          .isEqualTo(
              "Reasoning Paris? | Text Look. | CallStarted 0 get_weather | CallFinished 0"
                  + " get_weather {\"city\":\"Paris\"} | Text In ");
    }
  }

  @Test
  void readsNoCallsWhereNoneMayBe() throws IOException {
    try (FamilyModel model = qwen()) {
      GenerationRequest request = FamilyModel.request().toolChoice(ToolChoice.none()).build();
      String answer = "<tool_call>" + CALL + "</tool_call>";

      assertThat(model.readTokens(model.format().plan(request, false), answer))
          .isEqualTo("Text " + answer);
    }
  }

  @Test
  void refusesToolsWhereTheModelIsNotShownThem() throws IOException {
    try (FamilyModel model = FamilyModel.of(directory, "{{ messages }} <tool_call>", QWEN)) {
      assertThatThrownBy(() -> model.plan(false))
          .isInstanceOfSatisfying(
              InferenceException.class,
              e -> assertThat(e.reason()).isEqualTo(InferenceException.Reason.TOOLS_UNSUPPORTED));
    }
    try (FamilyModel model = FamilyModel.of(directory, "{{ tools }}", QWEN)) {
      assertThatThrownBy(() -> model.plan(false)).hasMessageContaining("answer_format.json");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "{\"toolCalls\": {\"family\": \"klingon\"}} ~ klingon",
        "{\"toolCalls\": {\"family\": \"hermes\", \"name\": \"x\"}} ~ name",
        "{\"toolCalls\": {\"family\": \"json\"}} ~ name",
        "{\"toolCalls\": 1} ~ toolCalls",
        "{ ~ answer_format.json"
      })
  void refusesADeclarationThatIsNotUnderstood(String json, String named) throws IOException {
    FamilyModel.declare(directory, json);

    assertThatThrownBy(() -> FamilyModel.of(directory, "", List.of()))
        .isInstanceOfSatisfying(
            InferenceException.class,
            e -> assertThat(e.reason()).isEqualTo(InferenceException.Reason.MODEL_INVALID))
        .hasMessageContaining(named);
  }

  @Test
  void makesIdsThatDifferWithinAConversationAndAreTheSameForTheSameAnswer() throws IOException {
    try (FamilyModel model = qwen()) {
      String answer = "<tool_call>" + CALL + "</tool_call><tool_call>" + CALL + "</tool_call>";
      AnswerPlan later = model.format().plan(FamilyModel.request().user("and now?").build(), false);
      List<String> ids = new ArrayList<>();
      for (AnswerPlan plan : List.of(model.plan(false), later)) {
        for (AnswerPart part : parts(model, plan, answer)) {
          if (part instanceof AnswerPart.CallFinished finished) {
            ids.add(finished.call().id());
          }
        }
      }

      assertThat(ids).hasSize(4).doesNotHaveDuplicates().allMatch(id -> id.matches("\\w{9}"));
      assertThat(parts(model, later, answer)).isEqualTo(parts(model, later, answer));
    }
  }

  /** Without calls nothing is lost but white space and the tags around reasoning. */
  @Test
  void losesNothingOfAnythingThatIsNoCall() throws IOException {
    List<String> bits =
        List.of(
            "<tool_call>",
            "</tool_call>",
            "<think>",
            "</think>",
            CALL,
            "{",
            "}",
            "[",
            "]",
            "\"",
            "{\"name\": \"nobody\"}",
            "\n",
            " ",
            "text",
            "<tool_",
            "call>",
            "[TOOL_CALLS]",
            "é🙂",
            "<function=",
            "<parameter=city>\n",
            "</parameter>",
            "</function>",
            "get_weather(",
            "=",
            ",",
            ")",
            "\\",
            "[ARGS]",
            "{\"name\": \"get_weather\", \"parameters\": ");
    List<FamilyModel> models = new ArrayList<>();
    try {
      for (String template :
          List.of(
              Templates.HERMES,
              Templates.LLAMA,
              Templates.PYTHONIC,
              Templates.MISTRAL,
              Templates.MISTRAL_NAMED,
              Templates.QWEN_CODER,
              Templates.DEEPSEEK_V31,
              Templates.GRANITE,
              Templates.COMMAND)) {
        models.add(FamilyModel.of(directory, template, List.of("<tool_call>", "</tool_call>")));
      }
      for (long seed = 0; seed < 3000; seed++) {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder answer = new StringBuilder();
        for (int i = random.nextInt(14); i >= 0; i--) {
          answer.append(bits.get(random.nextInt(bits.size())));
        }
        FamilyModel model = models.get(random.nextInt(models.size()));
        List<AnswerPart> parts = parts(model, model.plan(random.nextBoolean()), answer.toString());
        if (parts.stream().noneMatch(AnswerPart.CallFinished.class::isInstance)) {
          assertThat(visible(text(parts)))
              .as("seed %d: %s", seed, answer)
              .isEqualTo(visible(answer.toString()));
        }
      }
    } finally {
      models.forEach(FamilyModel::close);
    }
  }

  private static String visible(String text) {
    return text.replaceAll("\\s|</?(think|response)>", "");
  }
}
