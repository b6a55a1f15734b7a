package io.edgellm.inference.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.inference.grammar.Grammar;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Answers in JSON over vocabularies of random pieces, many of which end inside a character. */
final class JsonConstraintTest {
  private static final String PIECES =
      "{\"name\":\"Ünï\",\"tags\":[\"日本語\",\"a\\nb\",\"👍🏽 ok\"],\"more\":[1.5,-20,true,false,null,"
          + "{\"x y\": \"\\\\\\\"\"}, [ ], {}]}  \n\t the quick brown fox 12345 0.07 }}]]\"]}\",\"";

  @Test
  void maskAndSingleTokensAgreeEverywhere() {
    for (int seed = 0; seed < 10; seed++) {
      agree(JsonGrammar::anyJson, seed, Integer.MAX_VALUE);
      agree(JsonGrammar::card, seed, Integer.MAX_VALUE);
    }
  }

  @Test
  void forgettingWhatWasFoundChangesNothing() {
    for (int seed = 0; seed < 10; seed++) {
      agree(JsonGrammar::card, seed, 1_000);
    }
  }

  private static void agree(Supplier<Grammar> grammar, long seed, long maskBytes) {
    Random random = new Random(seed);
    SmallLexicon tokens = vocabulary(random);
    TokenConstraint constraint =
        new CompiledConstraint(
                grammar.get(), tokens.lexicon(), tokens.longestFirst(), new ReachSpace(maskBytes))
            .begin();
    for (int length = 0; length < 40 && !constraint.isOver(); length++) {
      List<Integer> allowed = allowed(constraint, tokens.size(), "seed " + seed);
      constraint.accept(allowed.get(random.nextInt(allowed.size())));
    }
  }

  private static List<Integer> allowed(TokenConstraint constraint, int tokens, String where) {
    List<Integer> allowed = new ArrayList<>();
    long[] mask = constraint.allowed();
    for (int token = 0; token < tokens; token++) {
      boolean inMask = (mask[token >> 6] >>> token & 1) != 0;
      int id = token;
      assertThat(inMask).as(() -> where + " token " + id).isEqualTo(constraint.allows(token));
      if (inMask) {
        allowed.add(token);
      }
    }
    assertThat(allowed).as(where).isNotEmpty();
    return allowed;
  }

  @Test
  void everyAnswerEndsWithinItsBoundAndParses() throws JsonProcessingException {
    ObjectMapper mapper = new ObjectMapper();
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      SmallLexicon tokens = vocabulary(random);
      Supplier<Grammar> grammar = seed % 2 == 0 ? JsonGrammar::anyJson : JsonGrammar::card;
      CompiledConstraint compiled = tokens.compiler().compile("json", grammar);
      int bound = compiled.tokensToEnd() + random.nextInt(40);
      List<Integer> answer = answer(compiled.begin(), tokens.size(), bound, random);
      String text = tokens.textOf(answer.stream().mapToInt(i -> i).toArray());
      assertThat(answer.size()).as("seed " + seed).isLessThanOrEqualTo(bound);
      assertThat(mapper.readTree(text).isMissingNode()).as("seed " + seed + text).isFalse();
    }
  }

  /** What an engine does: a random token, unless it leaves no way to the end in time. */
  private static List<Integer> answer(
      TokenConstraint constraint, int tokens, int bound, Random random) {
    List<Integer> answer = new ArrayList<>();
    while (!constraint.isOver()) {
      List<Integer> allowed = new ArrayList<>();
      long[] mask = constraint.allowed();
      for (int token = 0; token < tokens; token++) {
        if ((mask[token >> 6] >>> token & 1) != 0) {
          allowed.add(token);
        }
      }
      int token = allowed.get(random.nextInt(allowed.size()));
      if (!constraint.fits(token, bound - answer.size() - 1)) {
        Arrays.stream(constraint.wayToEnd()).forEach(answer::add);
        return answer;
      }
      constraint.accept(token);
      if (!constraint.isOver() || token != tokens - 1) {
        answer.add(token);
      }
    }
    return answer;
  }

  private static SmallLexicon vocabulary(Random random) {
    SmallLexicon lexicon = new SmallLexicon().allBytes();
    byte[] pieces = PIECES.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 300; i++) {
      int from = random.nextInt(pieces.length - 1);
      int to = Math.min(pieces.length, from + 2 + random.nextInt(6));
      lexicon.bytes(Arrays.copyOfRange(pieces, from, to));
    }
    return lexicon.end("<end>");
  }
}
