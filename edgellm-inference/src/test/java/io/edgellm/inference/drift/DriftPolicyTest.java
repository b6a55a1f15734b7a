package io.edgellm.inference.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.edgellm.inference.drift.DriftException.Reason;
import io.edgellm.inference.drift.DriftVerdict.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriftPolicyTest {
  @TempDir private Path temp;

  @Test
  void isMetByAReportAtTheLimit() {
    DriftVerdict verdict = DriftPolicy.DEFAULT.judge(report(1.05, 0.05, 0.9, 98));

    assertThat(verdict.isMet()).isTrue();
    assertThat(verdict.missed()).isEmpty();
    assertThat(verdict.findings()).hasSize(4);
    assertThat(verdict.policyDigest()).isEqualTo(DriftPolicy.DEFAULT.digest());
  }

  @Test
  void namesLimitValueAndMarginOfWhatIsNotKept() {
    DriftVerdict verdict = DriftPolicy.DEFAULT.judge(report(1.77, 0, 1, 97));

    assertThat(verdict.isMet()).isFalse();
    assertThat(verdict.missed())
        .extracting(Finding::toString)
        .containsExactly("perplexityRatio is 1.77, not ≤ 1.05", "probeLoss is 0.03, not ≤ 0.02");
    assertThat(verdict.missed().get(1).margin()).isCloseTo(-0.01, within(1e-12));
  }

  @Test
  void isNotMetByWhatWasNotMeasured() {
    DriftReport nothing =
        new DriftReport(
            new PassageComparison(TokenText.NUMBERS).result(),
            new ProbeComparison(TokenText.NUMBERS, 1).result());

    for (DriftMeasure measure : DriftMeasure.values()) {
      DriftPolicy policy = new DriftPolicy("one", List.of(new DriftLimit(measure, 1)));
      assertThat(policy.judge(nothing).isMet()).as(measure.label()).isFalse();
    }
    assertThat(DriftPolicy.DEFAULT.judge(nothing).missed().get(0))
        .hasToString("perplexityRatio was not measured, the limit is 1.05");
  }

  @Test
  void readsWhatPeopleWrite() throws IOException {
    DriftPolicy policy =
        read(
            """
            schema: edgellm.drift-policy/v1
            name: assistant
            limits:
              sameBest: {atLeast: 0.94}
              perplexityRatio: {atMost: 1.03}  # measured on three releases
              probes:
                atLeast: 100
            """);

    assertThat(policy.name()).isEqualTo("assistant");
    assertThat(policy.limits())
        .containsExactlyInAnyOrder(
            new DriftLimit(DriftMeasure.PERPLEXITY_RATIO, 1.03),
            new DriftLimit(DriftMeasure.SAME_BEST, 0.94),
            new DriftLimit(DriftMeasure.PROBES, 100));
  }

  @Test
  void readsItsOwnJson() throws IOException {
    DriftPolicy policy = read(DriftPolicy.DEFAULT.toJson());

    assertThat(policy).isEqualTo(DriftPolicy.DEFAULT);
    assertThat(policy.digest()).isEqualTo(DriftPolicy.DEFAULT.digest());
  }

  @Test
  void hasTheSameDigestInWhateverOrderItIsWritten() throws IOException {
    String start = "schema: edgellm.drift-policy/v1\nname: a\nlimits: ";
    DriftPolicy one = read(start + "{sameBest: {atLeast: 0.9}, bleu: {atLeast: 90}}");
    DriftPolicy other = read(start + "{bleu: {atLeast: 90}, sameBest: {atLeast: 0.90}}");

    assertThat(other.digest()).isEqualTo(one.digest());
  }

  @Test
  void refusesWhatItDoesNotKnowAndSaysWhere() {
    String start = "schema: edgellm.drift-policy/v1\nname: a\nlimits:\n";
    refuses(start + "  sameBist: {atLeast: 0.9}\n", "line 4", "sameBest");
    refuses(start + "  sameBest: {atMost: 0.9}\n", "line 4", "wrong side");
    refuses(start + "  sameBest: {atLeast: 0.9, atleast: 1}\n", "line 4", "atleast");
    refuses(start + "  sameBest: {atLeast: .nan}\n", "line 4", "a number");
    refuses(start + "  sameBest: {atLeast: 0.9}\n  sameBest: {atLeast: 1}\n", "line 5", "sameBest");
    refuses(start + "  sameBest: {atLeast: 0.9}\nlimit: 3\n", "line 5", "limit");
    refuses("schema: edgellm.drift-policy/v2\nname: a\nlimits: {}\n", "line 1", "v1");
    refuses("schema: edgellm.drift-policy/v1\nname: a\nlimits: {}\n", "line 3", "empty");
    refuses("", "policy.yaml", "line 1");
  }

  @Test
  void refusesAFileThatIsNotThere() {
    assertThatThrownBy(() -> DriftPolicy.read(temp.resolve("none.yaml")))
        .isInstanceOfSatisfying(
            DriftException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_POLICY));
  }

  private void refuses(String yaml, String... fragments) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOfSatisfying(
            DriftException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_POLICY))
        .hasMessageContainingAll(fragments);
  }

  private DriftPolicy read(String yaml) throws IOException {
    return DriftPolicy.read(Files.writeString(temp.resolve("policy.yaml"), yaml));
  }

  private static DriftReport report(
      double ratio, double divergence, double sameBest, int probesRight) {
    TextDrift none = new PassageComparison(TokenText.NUMBERS).result();
    Perplexity perplexity = new Perplexity(10, 1, 0, ratio, 0, 0, 1);
    TextDrift texts =
        new TextDrift(
            1,
            perplexity,
            perplexity,
            Distribution.of(new double[] {divergence}, 1),
            none.probabilityChange(),
            sameBest,
            1,
            none.divergenceHistogram(),
            none.changeHistogram(),
            List.of(),
            List.of());
    ProbeDrift empty = new ProbeComparison(TokenText.NUMBERS, 1).result();
    ProbeDrift probes =
        new ProbeDrift(
            100,
            100,
            100,
            probesRight,
            List.of(),
            List.of(),
            List.of(),
            empty.expected(),
            empty.referenceScores(),
            empty.candidateScores(),
            empty.likeness(),
            empty.json(),
            List.of());
    return new DriftReport(texts, probes);
  }
}
