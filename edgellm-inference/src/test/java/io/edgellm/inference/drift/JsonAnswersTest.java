package io.edgellm.inference.drift;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JsonAnswersTest {
  private final JsonAnswers.Sum sum = new JsonAnswers.Sum();

  @Test
  void doNotMindBlanksAndTheOrderOfFields() {
    sum.add(
        "{\"a\":1,\"b\":[true]}", "{\"a\":1,\"b\":[true]}", " { \"b\" : [ true ], \"a\" : 1 }\n");

    assertThat(sum.result()).isEqualTo(new JsonAnswers(1, 1, 1, 1, 1));
  }

  @Test
  void tellOtherJsonFromNoJson() {
    sum.add("{\"a\":1}", "{\"a\":1}", "{\"a\":2}");
    sum.add("{\"a\":1}", "{\"a\":1}", "{\"a\":1");
    sum.add("{\"a\":1}", "{\"a\":1}", "[".repeat(100_000));

    assertThat(sum.result()).isEqualTo(new JsonAnswers(3, 3, 1, 3, 0));
    assertThat(sum.result().candidateValidShare()).isEqualTo(1.0 / 3);
  }

  @Test
  void countOnlyWhereJsonIsRight() {
    sum.add("hello", "hello", "{}");
    sum.add("42", "42", "42");

    assertThat(sum.result().probes()).isZero();
    assertThat(sum.result().candidateSameShare()).isNaN();
  }
}
