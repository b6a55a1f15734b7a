package io.edgellm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.inference.quantize.BlockFormat;
import io.edgellm.inference.quantize.ModelQuantizer;
import io.edgellm.inference.quantize.NodeRule;
import io.edgellm.inference.quantize.QuantizationRecipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code edgellm check} on the sample model, with a little of its texts and probes. */
final class CliCheckTest {
  private static final Path SAMPLE = Path.of(System.getProperty("edgellm.sample.dir"));
  private static final String FP32 = SAMPLE.resolve("genai").toString();

  @TempDir static Path temp;
  private static CommandPlace place;
  private static String good;
  private static String bad;
  private static String[] material;

  @BeforeAll
  static void quantize() throws IOException {
    place = new CommandPlace(temp);
    good = quantized("good", QuantizationRecipe.of(new BlockFormat(4, 32, true)));
    bad =
        quantized(
            "bad",
            QuantizationRecipe.of(new BlockFormat(2, 32, false))
                .with(new NodeRule.KeepFloat("*lm_head*")));
    material =
        new String[] {
          "--texts",
          some("heldout.txt", 40),
          "--texts-as",
          "transcripts",
          "--probes",
          some("probes.jsonl", 10)
        };
  }

  @Test
  void passesAGoodQuantizationAndWritesThreeReports() throws IOException {
    CommandPlace.Ran ran =
        check(
            good, "--html", path("d.html"), "--markdown", path("d.md"), "--report", path("d.json"));

    assertThat(ran.exitCode()).as(ran.toString()).isZero();
    assertThat(ran.out()).contains("good against genai: the policy 'default' is met");
    assertThat(ran.err()).contains("100%");
    assertThat(Files.readString(temp.resolve("d.html"))).contains("<svg", "</html>");
    assertThat(Files.readString(temp.resolve("d.md"))).contains("| perplexity");
    assertThat(Files.readString(temp.resolve("d.json"))).contains("edgellm.check/v1");
  }

  @Test
  void refusesAReportThatCannotBeWrittenBeforeAnythingIsMeasured() {
    for (String option : List.of("--html", "--markdown", "--report")) {
      CommandPlace.Ran ran = check(good, option, path("nowhere/d"));

      assertThat(ran.exitCode()).isEqualTo(ExitCode.STORE.number());
      assertThat(ran.err()).contains(option, "nowhere").doesNotContain("%");
    }
  }

  @Test
  void refusesAReportInsideOfTheModelThatItIsAbout() {
    CommandPlace.Ran ran = check(good, "--report", path("good/drift.json"));

    assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE.number());
    assertThat(ran.err()).contains("REPORT_IN_MODEL").doesNotContain("%");
    assertThat(temp.resolve("good/drift.json")).doesNotExist();
  }

  @Test
  void saysThatConversationsAreReadAsCharacters() throws IOException {
    String few = some("heldout.txt", 400, "few.txt");

    CommandPlace.Ran unsaid = place.run("check", FP32, good, "--texts", few);
    CommandPlace.Ran said =
        place.run("check", FP32, good, "--texts", few, "--texts-as", "transcripts");

    assertThat(unsaid.err()).contains("look like conversations", "--texts-as transcripts");
    assertThat(said.err()).doesNotContain("look like");
  }

  @Test
  void endsWith1AndTheReasonsIfThePolicyIsNotMet() throws IOException {
    CommandPlace.Ran ran = check(bad, "--html", path("bad.html"));

    assertThat(ran.exitCode()).isEqualTo(ExitCode.REFUSED.number());
    assertThat(ran.out())
        .contains("NOT KEPT  perplexityRatio ≤ 1.05", "NOT KEPT  probeLoss ≤ 0.02");
    assertThat(Files.readString(temp.resolve("bad.html"))).contains("is not met");
  }

  @Test
  void answersMachinesWithTheWholeReport() {
    JsonNode json = check(bad, "--json").json();

    assertThat(json.at("/policy/met").booleanValue()).isFalse();
    assertThat(json.at("/policy/findings/0/measure").textValue()).isEqualTo("perplexityRatio");
    assertThat(json.at("/texts/perplexity/ratio").doubleValue()).isGreaterThan(1.3);
  }

  @Test
  void judgesByAFile() throws IOException {
    Path policy = temp.resolve("drift-policy.yaml");
    Files.writeString(
        policy,
        """
        schema: edgellm.drift-policy/v1
        name: much evidence
        limits: {tokens: {atLeast: 1000000}}
        """);

    CommandPlace.Ran ran = check(good, "--policy", policy.toString());

    assertThat(ran.exitCode()).isEqualTo(ExitCode.REFUSED.number());
    assertThat(ran.out()).contains("the policy 'much evidence' is not met");
  }

  @Test
  void refusesAPolicyWithAMistakeBeforeAnythingIsMeasured() throws IOException {
    Path policy = temp.resolve("wrong.yaml");
    Files.writeString(
        policy, "schema: edgellm.drift-policy/v1\nname: a\nlimits: {tokns: {atLeast: 1}}\n");

    CommandPlace.Ran ran = check(good, "--policy", policy.toString());

    assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE.number());
    assertThat(ran.err()).contains("INVALID_POLICY", "line 3", "tokens").doesNotContain("%");
  }

  @Test
  void refusesNothingToCompareOn() {
    CommandPlace.Ran ran = place.run("check", FP32, good);

    assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE.number());
    assertThat(ran.err()).contains("neither a text nor a probe");
  }

  private static CommandPlace.Ran check(String candidate, String... more) {
    List<String> words = new ArrayList<>(List.of("check", FP32, candidate));
    words.addAll(List.of(material));
    words.addAll(List.of(more));
    return place.run(words.toArray(String[]::new));
  }

  private static String path(String name) {
    return temp.resolve(name).toString();
  }

  private static String quantized(String name, QuantizationRecipe recipe) {
    Path target = temp.resolve(name);
    new ModelQuantizer(recipe).quantize(SAMPLE.resolve("genai"), target);
    return target.toString();
  }

  private static String some(String name, int nth) throws IOException {
    return some(name, nth, name);
  }

  private static String some(String name, int nth, String target) throws IOException {
    List<String> lines = Files.readAllLines(SAMPLE.resolve(name));
    List<String> some = new ArrayList<>();
    for (int i = 0; i < lines.size(); i += nth) {
      some.add(lines.get(i));
    }
    return Files.write(temp.resolve(target), some).toString();
  }
}
