package io.edgellm.inference.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.inference.drift.DriftException.Reason;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaterialReaderTest {
  private static final String PROBE = "{\"prompt\": \"lights on!\", \"expected\": \"{}\"}\n";
  private static ModelText text;

  @TempDir private Path temp;

  @BeforeAll
  static void open() {
    ModelDirectory directory = ModelDirectory.open(SampleMaterial.SAMPLE.resolve("genai"));
    text = ModelText.open(directory, ModelLayout.read(directory).endTokens());
  }

  @AfterAll
  static void close() {
    text.close();
  }

  @Test
  void countsEachTokenOfALongTextOnceInTheFirstWindowThatHasIt() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      String words = "lights on ".repeat(1 + random.nextInt(60));
      int window = 2 + random.nextInt(40);
      int stride = 1 + random.nextInt(window);
      CheckSettings settings = CheckSettings.DEFAULT.withWindows(window, stride);

      List<Passage> passages = texts(words, TextForm.DOCUMENT, settings).passages();

      int[] tokens = text.text(words);
      List<Integer> counted = new ArrayList<>();
      for (Passage passage : passages) {
        assertThat(passage.length()).as("seed " + seed).isLessThanOrEqualTo(window);
        for (int i = passage.firstCounted(); i < passage.length(); i++) {
          counted.add(passage.token(i));
        }
      }
      // Windows that do not overlap have a first token each that nothing comes before.
      int uncounted = stride == window ? (tokens.length + window - 1) / window : 1;
      assertThat(counted.size())
          .as("seed " + seed + " round " + round)
          .isBetween(tokens.length - uncounted, tokens.length - 1);
    }
  }

  @Test
  void readsConversationsOfBothKindsAlike() throws IOException {
    String transcript =
        "<|bos|><|user|>lights on<|end|><|assistant|>{\"a\":1}<|end|><|user|>off<|end|>"
            + "<|assistant|>{}<|end|>\n";
    String messages =
        "{\"messages\": [{\"role\": \"user\", \"content\": \"lights on\"}, {\"role\": \"assistant\","
            + " \"content\": \"{\\\"a\\\":1}\"}, {\"role\": \"user\", \"content\": \"off\"},"
            + " {\"role\": \"assistant\", \"content\": \"{}\"}]}\n";

    Passage one = texts(transcript, TextForm.TRANSCRIPTS).passages().get(0);
    Passage other = texts(messages, TextForm.JSON_LINES).passages().get(0);

    assertThat(other.tokens()).isEqualTo(one.tokens());
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < one.length(); i++) {
      assertThat(other.isAnswer(i)).isEqualTo(one.isAnswer(i));
      if (one.isAnswer(i)) {
        answers.add(text.of(new int[] {one.token(i)}));
      }
    }
    assertThat(String.join("", answers)).isEqualTo("{\"a\":1}<|end|>{}<|end|>");
  }

  @Test
  void takesControlTokensForCharactersUnlessTheyAreMeant() throws IOException {
    String line = "<|user|>hello<|end|>";

    Passage plain = texts(line, TextForm.LINES).passages().get(0);
    Passage meant = texts(line, TextForm.TRANSCRIPTS).passages().get(0);

    assertThat(plain.length()).isGreaterThan(meant.length());
    assertThat(text.of(plain.tokens())).isEqualTo(line);
  }

  @Test
  void asksProbesThroughTheTemplateOfTheModel() throws IOException {
    Probe probe =
        probes("{\"prompt\": \"hi <|end|>\", \"system\": \"Be short.\", \"expected\": \"{}\"}\n")
            .probes()
            .get(0);

    assertThat(text.of(probe.prompt()))
        .isEqualTo("<|bos|><|system|>Be short.<|end|><|user|>hi <|end|><|end|><|assistant|>");
    assertThat(text.of(probe.answer())).isEqualTo("{}<|end|>");
    assertThat(probe.question()).isEqualTo("hi <|end|>");
    assertThat(probe.origin()).isEqualTo("probes.jsonl:1");
  }

  @Test
  void takesProbesWithoutARightAnswer() throws IOException {
    Probe probe = probes("\n{\"prompt\": \"hi\"}\n").probes().get(0);

    assertThat(probe.isKnown()).isFalse();
    assertThat(probe.origin()).isEqualTo("probes.jsonl:2");
  }

  @Test
  void namesTheLineThatIsWrong() {
    refuses("probes.jsonl:2: ", () -> probes(PROBE + "{\"prompt\": 3}\n"));
    refuses("probes.jsonl:2: ", () -> probes(PROBE + "{\"prompt\": \"a\", \"expect\": \"b\"}\n"));
    refuses("probes.jsonl:3: ", () -> probes(PROBE + PROBE + "{\"prompt\": \"a\"} {}\n"));
    refuses("probes.jsonl:1: ", () -> probes("[]\n"));
    refuses(
        "probes.jsonl:2: the prompt has",
        () -> probes(PROBE + "{\"prompt\": \"" + "on ".repeat(600) + "\"}\n"));
    refuses("texts.jsonl:2: ", () -> texts("{\"text\": \"lights on\"}\n{}\n", TextForm.JSON_LINES));
    refuses("texts.txt:2: ", () -> texts("lights on\n.\n", TextForm.LINES));
  }

  @Test
  void namesTheFileThatHasNothing() {
    refuses("'probes.jsonl' has nothing", () -> probes("\n \n"));
    refuses("'texts.txt' has nothing", () -> texts("", TextForm.DOCUMENT));
    refuses(
        "neither a text nor a probe",
        () -> new DriftMaterial(List.of(), List.of(), CheckFiles.NONE.all().size()));
  }

  @Test
  void refusesBytesThatAreNoText() throws IOException {
    Path file = temp.resolve("texts.txt");
    Files.write(file, "one\ntwo\n\u00e4".getBytes(StandardCharsets.ISO_8859_1));

    refuses("texts.txt:3: is not UTF-8", () -> read(file, TextForm.DOCUMENT));
  }

  @Test
  void refusesTwoFilesOfOneName() throws IOException {
    Path one = Files.writeString(temp.resolve("a.txt"), "one");
    Path other = Files.writeString(Files.createDirectory(temp.resolve("b")).resolve("a.txt"), "b");

    refuses("Two files are called a.txt", () -> ValidationSet.of(List.of(one, other)));
  }

  private interface Reading {
    Object read() throws IOException;
  }

  private static void refuses(String message, Reading reading) {
    assertThatThrownBy(reading::read)
        .isInstanceOfSatisfying(
            DriftException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_MATERIAL))
        .hasMessageContaining(message);
  }

  private DriftMaterial probes(String lines) throws IOException {
    Path file = Files.writeString(temp.resolve("probes.jsonl"), lines);
    return reader(CheckSettings.DEFAULT).read(CheckFiles.NONE.withProbes(file));
  }

  private DriftMaterial texts(String content, TextForm form) throws IOException {
    return texts(content, form, CheckSettings.DEFAULT);
  }

  private DriftMaterial texts(String content, TextForm form, CheckSettings settings)
      throws IOException {
    String name = form == TextForm.JSON_LINES ? "texts.jsonl" : "texts.txt";
    Path file = Files.writeString(temp.resolve(name), content);
    return reader(settings).read(CheckFiles.NONE.withTexts(file, form));
  }

  private static DriftMaterial read(Path file, TextForm form) {
    return reader(CheckSettings.DEFAULT).read(CheckFiles.NONE.withTexts(file, form));
  }

  private static MaterialReader reader(CheckSettings settings) {
    return new MaterialReader(text, 512, settings);
  }
}
