package io.edgellm.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.edgellm.inference.engine.GoldenChat;
import io.edgellm.llm.AnswerScorer;
import io.edgellm.llm.AnswerScorer.AnswerScore;
import io.edgellm.llm.ChatMessage;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.LoadedModel;
import io.edgellm.trust.DevelopmentModel;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerScorerTest {
  private static final Pattern TURN =
      Pattern.compile("<\\|(system|user|assistant)\\|>(.*?)<\\|end\\|>");

  private static LoadedModel load(String layout, OnnxOptions.Builder options) {
    return new OnnxModelLoader(options.threads(1).build())
        .load(DevelopmentModel.at(GoldenChat.SAMPLE.resolve(layout)));
  }

  /**
   * golden.json: 15,943 tokens of answers in heldout.txt with a perplexity of 1.0169334 (torch).
   */
  @Test
  void hasThePerplexityOfTheGoldens() throws Exception {
    int tokens = 0;
    double sum = 0;
    try (LoadedModel model = load("genai", OnnxOptions.builder())) {
      for (String line : Files.readAllLines(GoldenChat.SAMPLE.resolve("heldout.txt"))) {
        List<ChatMessage> before = new ArrayList<>();
        for (Matcher turn = TURN.matcher(line); turn.find(); ) {
          ChatMessage message =
              new ChatMessage(
                  ChatMessage.Role.valueOf(turn.group(1).toUpperCase(Locale.ROOT)), turn.group(2));
          if (message.role() == ChatMessage.Role.ASSISTANT) {
            AnswerScore score = ((AnswerScorer) model).score(before, message.content());
            tokens += score.tokens();
            sum += score.negativeLogLikelihood();
          }
          before.add(message);
        }
      }
    }
    assertThat(tokens).isEqualTo(15_943);
    assertThat(Math.exp(sum / tokens)).isCloseTo(1.0169334, within(1e-6));
  }

  @ParameterizedTest
  @ValueSource(strings = {"genai", "optimum"})
  void findsTheModelsOwnAnswerLikelierThanAnother(String layout) {
    try (LoadedModel model = load(layout, OnnxOptions.builder().prefillChunk(7))) {
      for (GoldenChat chat : GoldenChat.all().subList(0, 5)) {
        AnswerScore own = ((AnswerScorer) model).score(chat.messages(), chat.text());
        AnswerScore other = ((AnswerScorer) model).score(chat.messages(), "Good morning!");
        assertThat(own.tokens()).isEqualTo(chat.outputIds().size() + 1);
        assertThat(own.meanNll()).isLessThan(0.2).isLessThan(other.meanNll());
      }
    }
  }

  @Test
  void scoresTheEndAloneForAnEmptyAnswer() {
    try (LoadedModel model = load("genai", OnnxOptions.builder())) {
      AnswerScore score = ((AnswerScorer) model).score(GoldenChat.all().get(0).messages(), "");
      assertThat(score.tokens()).isEqualTo(1);
      assertThat(score.meanNll()).isPositive();
    }
  }

  @Test
  void refusesWhatIsLongerThanTheContext() {
    GoldenChat chat = GoldenChat.all().get(0);
    int all = chat.promptIds().size() + chat.outputIds().size();
    try (LoadedModel fits = load("genai", OnnxOptions.builder().maxContextTokens(all));
        LoadedModel tooShort = load("genai", OnnxOptions.builder().maxContextTokens(all - 1))) {
      assertThat(((AnswerScorer) fits).score(chat.messages(), chat.text()).tokens()).isPositive();
      assertThatThrownBy(() -> ((AnswerScorer) tooShort).score(chat.messages(), chat.text()))
          .isInstanceOfSatisfying(
              InferenceException.class,
              e -> assertThat(e.reason()).isEqualTo(InferenceException.Reason.PROMPT_TOO_LONG));
    }
  }
}
