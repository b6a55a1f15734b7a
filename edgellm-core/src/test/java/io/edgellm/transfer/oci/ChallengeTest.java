package io.edgellm.transfer.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ChallengeTest {
  private static List<Challenge> parse(String... headers) {
    return Challenge.parse(List.of(headers));
  }

  @Test
  void readsTheChallengeOfARegistry() {
    assertThat(
            parse(
                "Bearer realm=\"https://auth.example.com/token\",service=\"registry.example.com\","
                    + "scope=\"repository:acme/edge/assistant:pull,push\""))
        .containsExactly(
            new Challenge(
                "bearer",
                Map.of(
                    "realm", "https://auth.example.com/token",
                    "service", "registry.example.com",
                    "scope", "repository:acme/edge/assistant:pull,push")));
  }

  @Test
  void readsSeveralChallengesOfOneHeaderAndOfSeveral() {
    assertThat(parse("Basic realm=a, , BEARER  Realm = \"b,c\"", "Negotiate", "Digest x=y"))
        .containsExactly(
            new Challenge("basic", Map.of("realm", "a")),
            new Challenge("bearer", Map.of("realm", "b,c")),
            new Challenge("negotiate", Map.of()),
            new Challenge("digest", Map.of("x", "y")));
  }

  @Test
  void readsQuotedTextWithEscapes() {
    assertThat(parse("Bearer realm=\"a\\\"b\\\\c\""))
        .containsExactly(new Challenge("bearer", Map.of("realm", "a\"b\\c")));
  }

  @Test
  void takesTheFirstOfTwoParametersOfOneName() {
    assertThat(parse("Bearer realm=\"https://a\", realm=\"https://evil\""))
        .containsExactly(new Challenge("bearer", Map.of("realm", "https://a")));
  }

  @Test
  void takesNothingFromWhatIsNoChallenge() {
    assertThat(parse("", " , ,", "=", "\"", "(", "x".repeat(5000))).isEmpty();
  }

  @Test
  void readsAnythingWithoutFailing() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    String letters = "ab =,\"\\\t;Bearer realm";
    for (int i = 0; i < 2000; i++) {
      StringBuilder header = new StringBuilder();
      random
          .ints(random.nextInt(4000), 0, letters.length())
          .forEach(at -> header.append(letters.charAt(at)));
      assertThat(parse(header.toString())).as("seed %d", seed).isNotNull();
    }
  }
}
