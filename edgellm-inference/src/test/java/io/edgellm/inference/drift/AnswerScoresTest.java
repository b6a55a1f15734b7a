package io.edgellm.inference.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** BLEU and ROUGE-L against figures that make_scores.py has written. */
class AnswerScoresTest {
  private static JsonNode goldens;

  @BeforeAll
  static void read() throws IOException {
    try (InputStream in = AnswerScoresTest.class.getResourceAsStream("scores.json")) {
      goldens = new ObjectMapper().readTree(Objects.requireNonNull(in));
    }
    assertThat(goldens.get("pairs")).hasSizeGreaterThan(50);
  }

  @Test
  void cutsTextsIntoTheWordsOfSacreBleu() {
    for (JsonNode pair : goldens.get("pairs")) {
      List<String> words =
          StreamSupport.stream(pair.get("words").spliterator(), false)
              .map(JsonNode::textValue)
              .toList();
      assertThat(BleuWords.of(pair.get("answer").textValue())).isEqualTo(words);
    }
  }

  @Test
  void scoresSentencesAsSacreBleuDoes() {
    for (JsonNode pair : goldens.get("pairs")) {
      assertThat(scores(pair).sentenceBleu())
          .as(pair.toString())
          .isCloseTo(pair.get("bleu").doubleValue(), within(1e-9));
    }
  }

  @Test
  void scoresCorporaAsSacreBleuDoes() {
    for (JsonNode corpus : goldens.get("corpora")) {
      int from = corpus.get("from").intValue();
      JsonNode[] pairs =
          IntStream.range(from, from + corpus.get("count").intValue())
              .mapToObj(goldens.get("pairs")::get)
              .toArray(JsonNode[]::new);
      assertThat(scores(pairs).bleu())
          .as(corpus.toString())
          .isCloseTo(corpus.get("bleu").doubleValue(), within(1e-9));
    }
  }

  @Test
  void measuresTheLongestCommonSubsequence() {
    for (JsonNode pair : goldens.get("pairs")) {
      assertThat(scores(pair).rougeL())
          .as(pair.toString())
          .isCloseTo(pair.get("rougeL").doubleValue(), within(1e-12));
    }
    // The examples of the paper.
    assertThat(scores(goldens.get("pairs").get(0)).rougeL()).isEqualTo(0.75);
    assertThat(scores(goldens.get("pairs").get(1)).rougeL()).isEqualTo(0.5);
  }

  @Test
  void areNoNumbersWithoutAnswers() {
    assertThat(scores()).isEqualTo(new AnswerScores(Double.NaN, Double.NaN, Double.NaN));
  }

  private static AnswerScores scores(JsonNode... pairs) {
    AnswerScores.Sum sum = new AnswerScores.Sum();
    for (JsonNode pair : pairs) {
      sum.add(pair.get("answer").textValue(), pair.get("expected").textValue());
    }
    return sum.result();
  }
}
