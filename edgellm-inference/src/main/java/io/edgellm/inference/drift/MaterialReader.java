package io.edgellm.inference.drift;

import io.edgellm.inference.drift.DriftException.Reason;
import io.edgellm.inference.template.Conversation.Turn;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.llm.InferenceException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes passages and probes of files. */
final class MaterialReader {
  private final ModelText text;
  private final int contextTokens;
  private final CheckSettings settings;
  private final List<Passage> passages = new ArrayList<>();
  private final List<Probe> probes = new ArrayList<>();
  private long tokens;
  private int leftOut;

  /**
   * @param text of the model
   * @param contextTokens the longest sequence that both models take
   * @param settings windows and bounds
   */
  MaterialReader(ModelText text, int contextTokens, CheckSettings settings) {
    this.text = text;
    this.contextTokens = contextTokens;
    this.settings = settings;
  }

  /** Reads all files. */
  DriftMaterial read(CheckFiles files) {
    for (CheckFiles.Text file : files.texts()) {
      readTexts(new MaterialFile(file.file()), file.form());
    }
    for (Path file : files.probes()) {
      MaterialFile lines = new MaterialFile(file);
      lines.lines().forEach(line -> located(lines, line.number(), () -> addProbe(lines, line)));
    }
    return new DriftMaterial(passages, probes, settings.maxAnswerTokens());
  }

  /** Returns how many windows were left out, since there were enough tokens. */
  int leftOut() {
    return leftOut;
  }

  private void readTexts(MaterialFile file, TextForm form) {
    if (form == TextForm.DOCUMENT) {
      String whole = file.text();
      located(file, 1, () -> addText(file, 1, whole));
      return;
    }
    for (MaterialFile.Line line : file.lines()) {
      located(
          file,
          line.number(),
          () -> {
            switch (form) {
              case TRANSCRIPTS ->
                  addConversation(file, line.number(), text.transcript(line.text()));
              case JSON_LINES -> addJson(file, line);
              default -> addText(file, line.number(), line.text());
            }
          });
    }
  }

  private void addText(MaterialFile file, int line, String words) {
    add(file, line, text.prefix(), text.text(words), new BitSet());
  }

  private void addConversation(MaterialFile file, int line, int[] conversation) {
    add(file, line, new int[0], conversation, text.answers(conversation));
  }

  private void addJson(MaterialFile file, MaterialFile.Line line) {
    TextOrTurns read = file.parse(line, TextOrTurns::read);
    if (read.text() != null) {
      addText(file, line.number(), read.text());
    } else {
      addConversation(file, line.number(), text.conversation(read.turns()));
    }
  }

  /** Cuts a text into windows, each with the prefix in front; see {@link CheckSettings}. */
  private void add(MaterialFile file, int line, int[] prefix, int[] body, BitSet answers) {
    int window = Math.min(settings.windowTokens(), contextTokens) - prefix.length;
    int stride = Math.max(1, Math.min(settings.strideTokens(), window));
    if (window < 2 || prefix.length + body.length < 2) {
      throw new DriftException(
          Reason.INVALID_MATERIAL, "the text has too few tokens to predict one.", null);
    }
    int counted = 0; // of the body, the first one that no window has counted yet
    for (int from = 0; counted < body.length; from += stride) {
      int to = Math.min(body.length, from + window);
      if (tokens >= settings.maxTokens()) {
        leftOut++;
      } else {
        // One token alone predicts nothing.
        int start = prefix.length + to - from < 2 ? from - 1 : from;
        Passage passage = window(prefix, body, answers, start, to);
        int first = Math.max(1, prefix.length + counted - start);
        passages.add(passage.countedFrom(first).from(file.at(line)));
        tokens += passage.length() - first;
      }
      counted = to;
    }
  }

  private static Passage window(int[] prefix, int[] body, BitSet answers, int from, int to) {
    int[] tokens = Arrays.copyOf(prefix, prefix.length + to - from);
    System.arraycopy(body, from, tokens, prefix.length, to - from);
    BitSet marked = new BitSet();
    answers.get(from, to).stream().forEach(i -> marked.set(prefix.length + i));
    return Passage.marked(tokens, marked);
  }

  private void addProbe(MaterialFile file, MaterialFile.Line line) {
    Question question = file.parse(line, Question::read);
    int[] prompt = text.prompt(question.turns());
    Probe probe = Probe.open(prompt, text.endTokens());
    int length = prompt.length + settings.maxAnswerTokens();
    if (question.expected() != null) {
      int[] answer = text.answer(question.turns(), prompt, question.expected());
      probe = new Probe(prompt, answer).endingAt(text.endTokens());
      length = Math.max(length, prompt.length + answer.length);
    }
    if (length > contextTokens) {
      throw new DriftException(
          Reason.INVALID_MATERIAL,
          "the prompt has "
              + prompt.length
              + " tokens, and with its answer it may become longer than the context of "
              + contextTokens
              + ": shorten it, or the longest answer.",
          null);
    }
    probes.add(probe.from(file.at(line.number()), question.text()));
  }

  /** Says of whatever goes wrong in which line it did. */
  private static void located(MaterialFile file, int line, Runnable reading) {
    try {
      reading.run();
    } catch (InferenceException e) {
      throw file.invalid(line, String.valueOf(e.getMessage()), e);
    } catch (DriftException e) {
      throw e.subject().isPresent() ? e : file.invalid(line, String.valueOf(e.getMessage()), e);
    }
  }

  /** A line of texts. */
  private record TextOrTurns(@Nullable String text, List<Turn> turns) {
    static TextOrTurns read(JsonFields fields) throws JsonFault {
      if (!fields.has("messages")) {
        return new TextOrTurns(fields.text("text"), List.of());
      }
      List<Turn> turns = new ArrayList<>();
      for (JsonFields message : fields.objects("messages")) {
        turns.add(Turn.of(message.text("role"), message.text("content")));
        message.end();
      }
      return new TextOrTurns(null, turns);
    }
  }

  /** A line of probes. */
  private record Question(String text, List<Turn> turns, @Nullable String expected) {
    static Question read(JsonFields fields) throws JsonFault {
      List<Turn> turns = new ArrayList<>();
      String system = fields.textOrNull("system");
      if (system != null) {
        turns.add(Turn.of("system", system));
      }
      String prompt = fields.text("prompt");
      turns.add(Turn.of("user", prompt));
      return new Question(prompt, turns, fields.textOrNull("expected"));
    }
  }
}
