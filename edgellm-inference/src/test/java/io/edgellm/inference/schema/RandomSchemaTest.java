package io.edgellm.inference.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.llm.Constraint.Whitespace;
import io.edgellm.llm.InferenceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What grammars produce, judged by a validator that is not ours. */
final class RandomSchemaTest {
  private static final long SEED = 41;
  private static final int SCHEMAS = 300;
  private static final int WALKS = 12;
  private static final List<Whitespace> POLICIES = List.of(Whitespace.values());

  @Test
  void producesValidTextsOnly() throws Exception {
    int compiled = 0;
    for (int i = 0; i < SCHEMAS; i++) {
      Random random = new Random(SEED + i);
      String text = new RandomSchema(random).document();
      CompiledSchema schema;
      try {
        schema = CompiledSchema.of(text, POLICIES.get(i % POLICIES.size()));
      } catch (InferenceException e) {
        assertThat(e.reason()).isEqualTo(InferenceException.Reason.INVALID_CONSTRAINT);
        continue;
      }
      compiled++;
      List<String> answers = new ArrayList<>();
      for (int walk = 0; walk < WALKS; walk++) {
        answers.add(schema.walk(random, random.nextInt(120)));
      }
      assertThat(schema.errors(answers)).as("seed " + (SEED + i)).isEmpty();
      assertThat(answers).as("seed " + (SEED + i)).allMatch(schema::acceptsExactly);
    }
    assertThat(compiled).as("schemas that could be enforced").isGreaterThan(SCHEMAS / 2);
  }
}
