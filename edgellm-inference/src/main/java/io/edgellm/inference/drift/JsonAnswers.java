package io.edgellm.inference.drift;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What became of the probes whose right answer is a JSON object or array, such as a tool call. A
 * host that parses answers does not mind blanks or the order of fields; these figures do not
 * either.
 *
 * @param probes how many such probes there were
 * @param referenceValid how many the reference answered with any JSON
 * @param candidateValid how many the candidate answered with any JSON
 * @param referenceSame how many the reference answered with the same value
 * @param candidateSame how many the candidate answered with the same value
 */
public record JsonAnswers(
    int probes, int referenceValid, int candidateValid, int referenceSame, int candidateSame) {

  /** Returns the share of the candidate's answers that are JSON, from 0 to 1, or NaN. */
  public double candidateValidShare() {
    return (double) candidateValid / probes;
  }

  /** Returns the share of the candidate's answers that are the same value, from 0 to 1, or NaN. */
  public double candidateSameShare() {
    return (double) candidateSame / probes;
  }

  /** Adds up answers. */
  static final class Sum {
    private JsonAnswers sum = new JsonAnswers(0, 0, 0, 0, 0);

    void add(String expected, String reference, String candidate) {
      parse(expected).ifPresent(value -> add(value, parse(reference), parse(candidate)));
    }

    private void add(JsonNode value, Optional<JsonNode> reference, Optional<JsonNode> candidate) {
      sum =
          new JsonAnswers(
              sum.probes + 1,
              sum.referenceValid + (reference.isPresent() ? 1 : 0),
              sum.candidateValid + (candidate.isPresent() ? 1 : 0),
              sum.referenceSame + (reference.equals(Optional.of(value)) ? 1 : 0),
              sum.candidateSame + (candidate.equals(Optional.of(value)) ? 1 : 0));
    }

    JsonAnswers result() {
      return sum;
    }

    /** Models write what they like; whatever is no JSON object or array is simply none. */
    private static Optional<JsonNode> parse(String text) {
      try {
        JsonNode node = StrictJson.parse(text.getBytes(StandardCharsets.UTF_8));
        return Optional.of(node).filter(JsonNode::isContainerNode);
      } catch (JsonFault e) {
        return Optional.empty();
      }
    }
  }
}
