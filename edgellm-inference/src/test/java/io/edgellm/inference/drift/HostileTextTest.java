package io.edgellm.inference.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.model.Sha256;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

/** A report of a model that writes what would like to be more than text. */
class HostileTextTest {
  private static final String HOSTILE =
      "</pre><script>alert(1)</script>\"'&<!--|`[x](javascript:y)\n\u202Egnp.exe\u0000\u200B";

  private static final CheckReport REPORT = report();

  @Test
  void isTextInHtml() {
    assertThat(REPORT.toHtml())
        .doesNotContain("<script", "<!--", "\u202E", "\u0000", "\u200B")
        .contains("&lt;/pre&gt;&lt;script&gt;alert(1)", "␊⟨U+202E⟩gnp.exe␀⟨U+200B⟩");
  }

  @Test
  void stillGivesAWellFormedPage() throws Exception {
    String html = REPORT.toHtml();
    String body =
        html.substring(html.indexOf("<body>"), html.indexOf("</html>"))
            .replace("<!doctype html>", "");

    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    assertThat(
            factory
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(body)))
                .getElementsByTagName("script")
                .getLength())
        .isZero();
  }

  @Test
  void loadsNothingAndRunsNothing() {
    assertThat(REPORT.toHtml())
        .contains("default-src 'none'; style-src 'unsafe-inline'")
        .doesNotContain("http://", "https://", "src=", "href=", "onclick", "url(");
  }

  @Test
  void staysInItsCellInMarkdown() {
    String markdown = REPORT.toMarkdown();

    assertThat(markdown)
        .doesNotContain("<script", "\u202E", "\u0000")
        .contains("\\|\\`\\[x\\](javascript:y)␊");
    for (String line : markdown.lines().toList()) {
      assertThat(line.isEmpty() || line.startsWith("|") || line.startsWith("#")).as(line).isTrue();
    }
  }

  private static CheckReport report() {
    ToyModel one = new ToyModel(1, 8);
    ToyModel other = new ToyModel(2, 8);
    DriftMaterial material =
        new DriftMaterial(
            List.of(Passage.text(new int[] {0, 1, 2, 3, 4}).from(HOSTILE)),
            List.of(
                new Probe(new int[] {1}, new int[] {2, 3}).from(HOSTILE, HOSTILE),
                new Probe(new int[] {2}, one.greedy(new int[] {2}, 7, 9)).from("lost", "")),
            9);
    Sha256 digest = Sha256.of("x".getBytes(StandardCharsets.UTF_8));
    return new CheckReport(
        new CheckedModel(HOSTILE, digest, 1_000_000, 1),
        new CheckedModel(HOSTILE, digest, 1_000, 1),
        new ValidationSet(HOSTILE, digest),
        CheckSettings.DEFAULT,
        0,
        new DriftMeter(one, other, tokens -> HOSTILE.repeat(tokens.length)).measure(material),
        null);
  }
}
