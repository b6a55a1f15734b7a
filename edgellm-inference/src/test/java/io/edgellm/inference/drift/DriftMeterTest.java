package io.edgellm.inference.drift;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.inference.drift.ChangedAnswer.Continuation;
import io.edgellm.inference.drift.DriftException.Reason;
import io.edgellm.inference.drift.ProbeDrift.Divergence;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DriftMeterTest {
  /** Predicts the same at every position: the logarithms of these probabilities. */
  private static TeacherForced constant(double... probabilities) {
    return tokens ->
        new TeacherForced.LogitRows() {
          @Override
          public int vocabulary() {
            return probabilities.length;
          }

          @Override
          public void read(int position, float[] into) {
            for (int i = 0; i < into.length; i++) {
              into[i] = (float) Math.log(probabilities[i]) + 3; // logits have no fixed zero
            }
          }
        };
  }

  private static final TeacherForced REFERENCE = constant(0.5, 0.25, 0.25);
  private static final TeacherForced CANDIDATE = constant(0.25, 0.5, 0.25);

  @Test
  void computesPerplexityOverAllTokensButTheFirst() {
    DriftReport report = compare(Passage.text(new int[] {2, 0, 1}));

    assertThat(report.all().tokens()).isEqualTo(2);
    assertThat(report.all().reference()).isCloseTo(Math.sqrt(2 * 4), within(1e-6));
    assertThat(report.all().candidate()).isCloseTo(Math.sqrt(4 * 2), within(1e-6));
    assertThat(report.all().ratio()).isCloseTo(1, within(1e-6));
    // The losses differ by +ln 2 and -ln 2: variance 2 ln²2 of the sample, over two tokens.
    assertThat(report.all().logRatioError()).isCloseTo(Math.log(2), within(1e-6));
    assertThat(report.all().correlation()).isCloseTo(-1, within(1e-6));
  }

  @Test
  void countsAnswersFromAfterTheirStartToTheirEnd() {
    int start = 1;
    int end = 2;
    Passage passage = Passage.conversation(new int[] {0, 1, 0, 0, 2, 0, 1, 2, 0}, start, end);

    DriftReport report = compare(passage);

    assertThat(report.all().tokens()).isEqualTo(8);
    assertThat(report.answers().tokens()).isEqualTo(4);
    assertThat(report.answers().reference()).isCloseTo(Math.pow(64, 0.25), within(1e-6));
  }

  @Test
  void computesDivergenceAndAgreement() {
    DriftReport report = compare(Passage.text(new int[] {2, 0, 1}));

    double divergence = 0.5 * Math.log(2) - 0.25 * Math.log(2);
    assertThat(report.divergence().mean()).isCloseTo(divergence, within(1e-6));
    assertThat(report.divergence().max()).isCloseTo(divergence, within(1e-6));
    assertThat(report.probabilityChange().min()).isCloseTo(-0.25, within(1e-6));
    assertThat(report.probabilityChange().max()).isCloseTo(0.25, within(1e-6));
    assertThat(report.probabilityChange().mean()).isCloseTo(0, within(1e-6));
    assertThat(report.sameBest()).isZero();
    assertThat(report.topOverlap()).isEqualTo(1); // there are but three tokens
  }

  @Test
  void interpolatesPercentiles() {
    double[] values = {4, 1, 2, 3, 0, 99};

    Distribution distribution = Distribution.of(values, 5);

    assertThat(distribution.median()).isEqualTo(2);
    assertThat(distribution.p99()).isCloseTo(3.96, within(1e-12));
    assertThat(distribution.p1()).isCloseTo(0.04, within(1e-12));
    assertThat(distribution.rms()).isCloseTo(Math.sqrt(6), within(1e-12));
  }

  @Test
  void comparesAnswersToProbes() {
    Probe forReference = new Probe(new int[] {2}, new int[] {0});
    Probe forCandidate = new Probe(new int[] {2}, new int[] {1});
    Probe forNobody = new Probe(new int[] {2}, new int[] {2});

    DriftReport report =
        new DriftMeter(REFERENCE, CANDIDATE)
            .measure(
                new DriftMaterial(List.of(), List.of(forReference, forCandidate, forNobody), 3));

    assertThat(report.probes().referenceRight()).isEqualTo(1);
    assertThat(report.probes().candidateRight()).isEqualTo(1);
    assertThat(report.probes().lost()).containsExactly(0);
    assertThat(report.probes().gained()).containsExactly(1);
    assertThat(report.divergences())
        .containsExactly(new Divergence(0, 0), new Divergence(1, 0), new Divergence(2, 0));
    assertThat(report.probes().firstDivergence()).hasValue(0);
    assertThat(report.all().reference()).isNaN();
  }

  @Test
  void comparesAnswersToProbesWithoutARightOneWithEachOther() {
    Probe open = Probe.open(new int[] {2}, Set.of(9));

    ProbeDrift probes = compare(open).probes();

    assertThat(probes.probes()).isEqualTo(1);
    assertThat(probes.known()).isZero();
    assertThat(probes.candidateAccuracy()).isNaN();
    assertThat(probes.expected().tokens()).isZero();
    assertThat(probes.likeness().rougeL()).isZero();
    assertThat(probes.changed()).hasSize(1);
  }

  @Test
  void showsBothAnswersFromWhereTheyPart() {
    TokenText letters =
        tokens -> IntStream.of(tokens).mapToObj(t -> "abc".substring(t, t + 1)).collect(joining());
    Probe probe = new Probe(new int[] {2}, new int[] {0, 2}).from("probes.jsonl:7", "");
    DriftMaterial material = new DriftMaterial(List.of(), List.of(probe), 3);

    ChangedAnswer changed =
        new DriftMeter(REFERENCE, CANDIDATE, letters).measure(material).probes().changed().get(0);

    assertThat(changed.origin()).isEqualTo("probes.jsonl:7");
    assertThat(changed.prompt()).isEqualTo("c");
    assertThat(changed.expected()).isEqualTo("ac");
    assertThat(changed.agreed()).isEmpty();
    assertThat(changed.reference()).isEqualTo(new Continuation("a", "aa"));
    assertThat(changed.candidate()).isEqualTo(new Continuation("b", "bb"));
  }

  @Test
  void predictsTheRightAnswersWithBothModels() {
    Probe probe = new Probe(new int[] {2}, new int[] {0, 1});

    Perplexity expected = compare(probe).probes().expected();

    assertThat(expected.tokens()).isEqualTo(2);
    assertThat(expected.reference()).isCloseTo(Math.sqrt(2 * 4), within(1e-6));
  }

  @Test
  void countsOnlyWhatIsNotContext() {
    Passage window = Passage.text(new int[] {2, 2, 2, 0, 1}).countedFrom(3);

    DriftReport report = compare(window);

    assertThat(report.all().tokens()).isEqualTo(2);
    assertThat(report.texts().byPosition()).extracting(PositionBand::from).containsExactly(2, 4);
  }

  @Test
  void namesTheWorstPassagesWorstFirst() {
    TeacherForced sometimesOther =
        tokens -> tokens[0] == 0 ? REFERENCE.run(tokens) : CANDIDATE.run(tokens);
    DriftMaterial material =
        passages(
            Passage.text(new int[] {0, 1}).from("same"),
            Passage.text(new int[] {1, 0}).from("other"));

    List<WorstPassage> worst =
        new DriftMeter(REFERENCE, sometimesOther).measure(material).texts().worst();

    assertThat(worst).extracting(WorstPassage::origin).containsExactly("other", "same");
    assertThat(worst.get(0).at().referenceProbability()).isCloseTo(0.5, within(1e-6));
    assertThat(worst.get(0).at().candidateBest()).isEqualTo("1");
  }

  @Test
  void countsEveryTokenInOneBin() {
    DriftReport report =
        new DriftMeter(REFERENCE, constant(0.29, 0.46, 0.25))
            .measure(passages(Passage.text(new int[] {2, 0, 1})));

    assertThat(report.texts().divergenceHistogram().tokens()).isEqualTo(2);
    assertThat(report.texts().changeHistogram().bins().stream().filter(bin -> bin.tokens() > 0))
        .extracting(Histogram.Bin::from)
        .containsExactly(-0.225, 0.2);
  }

  @Test
  void takesTokensThatAGraphRulesOut() {
    TeacherForced ruledOut = constant(0.5, 0.5, 0);

    DriftReport report =
        new DriftMeter(ruledOut, ruledOut).measure(passages(Passage.text(new int[] {0, 1})));

    assertThat(report.divergence().max()).isZero();
  }

  @Test
  void refusesLogitsThatAreNoNumbers() {
    assertThatThrownBy(
            () ->
                new DriftMeter(REFERENCE, constant(0.5, Double.NaN, 0.5))
                    .measure(passages(Passage.text(new int[] {0, 1}))))
        .isInstanceOfSatisfying(
            DriftException.class, e -> assertThat(e.reason()).isEqualTo(Reason.RUN_FAILED));
  }

  @Test
  void refusesModelsOfDifferentVocabularies() {
    DriftMaterial material = passages(Passage.text(new int[] {0, 1}));

    assertThatThrownBy(() -> new DriftMeter(REFERENCE, constant(0.5, 0.5)).measure(material))
        .isInstanceOfSatisfying(
            DriftException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.DIFFERENT_VOCABULARY));
  }

  @Test
  void refusesTokensThatTheModelsDoNotHave() {
    assertThatThrownBy(() -> compare(Passage.text(new int[] {0, 7})))
        .isInstanceOfSatisfying(DriftException.class, e -> assertThat(e.subject()).hasValue("7"));
  }

  @Test
  void refusesToCompareOnNothing() {
    assertThatThrownBy(() -> new DriftMaterial(List.of(), List.of(), 1))
        .isInstanceOf(DriftException.class);
    assertThatThrownBy(() -> Passage.text(new int[] {1})).isInstanceOf(DriftException.class);
  }

  @Test
  void tellsHowFarItIsAndStopsWhenAsked() {
    Passage passage = Passage.text(new int[] {0, 1});
    DriftMaterial material = passages(passage, passage, passage);
    List<String> events = new ArrayList<>();
    DriftMeter meter = new DriftMeter(REFERENCE, CANDIDATE);

    meter.measure(material, (done, total) -> events.add(done + "/" + total), () -> false);
    assertThat(events).containsExactly("1/3", "2/3", "3/3");

    events.clear();
    assertThatThrownBy(
            () ->
                meter.measure(
                    material,
                    (done, total) -> events.add(done + "/" + total),
                    () -> !events.isEmpty()))
        .isInstanceOfSatisfying(
            DriftException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CANCELLED));
    assertThat(events).containsExactly("1/3");
  }

  @Test
  void writesJsonThatHasNoNaN() throws Exception {
    Probe probe = new Probe(new int[] {2}, new int[] {0});
    DriftReport report =
        new DriftMeter(REFERENCE, CANDIDATE)
            .measure(new DriftMaterial(List.of(), List.of(probe), 3));

    JsonNode json = new ObjectMapper().readTree(report.toJson());

    assertThat(json.at("/texts/perplexity/ratio").isNull()).isTrue();
    assertThat(json.at("/probes/lost/0").asInt(-1)).isZero();
    assertThat(json.at("/probes/firstDivergence").asInt(-1)).isZero();
  }

  @Test
  void writesMarkdownTables() {
    DriftReport report = compare(Passage.text(new int[] {2, 0, 1}));

    assertThat(report.toMarkdown("fp32", "int4 | block 32"))
        .startsWith("|  | fp32 | int4 \\| block 32 | ratio |\n| --- | --- | --- | --- |\n")
        .contains(
            "| perplexity (2 tokens) | 2.82843 ± 0.98026 | 2.82843 ± 0.98026 | 1.00000 ± 0.69315 |")
        .contains("| perplexity of answers (0 tokens) | – | – | – |")
        .contains("| same most probable token | 0.00 % |");
  }

  private static DriftReport compare(Passage passage) {
    return new DriftMeter(REFERENCE, CANDIDATE).measure(passages(passage));
  }

  private static DriftReport compare(Probe probe) {
    return new DriftMeter(REFERENCE, CANDIDATE)
        .measure(new DriftMaterial(List.of(), List.of(probe), 3));
  }

  private static DriftMaterial passages(Passage... passages) {
    return new DriftMaterial(List.of(passages), List.of(), 1);
  }
}
