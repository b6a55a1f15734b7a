package io.edgellm.examples.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.drift.CheckFiles;
import io.edgellm.inference.drift.CheckProgress;
import io.edgellm.inference.drift.CheckReport;
import io.edgellm.inference.drift.CheckSettings;
import io.edgellm.inference.drift.DriftPolicy;
import io.edgellm.inference.drift.DriftVerdict;
import io.edgellm.inference.drift.ModelCheck;
import io.edgellm.inference.drift.TextForm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Holds a model against its source, and judges the difference by a policy. */
@Command(
    name = "check",
    description = "Measures how far a model is from its source, and judges that by a policy.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  edgellm check model-fp32/ model-int4/ --texts wiki.txt --probes probes.jsonl --html drift.html",
      "  edgellm check model-fp32/ model-int4/ --texts chats.txt --texts-as transcripts \\",
      "      --policy drift-policy.yaml --json > drift.json",
      "",
      "Ends with 1 if the policy is not met.",
    })
final class CheckCommand implements Callable<Integer> {
  private final Console console;
  private final Pace pace;

  @Parameters(
      index = "0",
      paramLabel = "REFERENCE",
      description = "The directory of the model that is taken to be right, such as fp32.")
  private Path reference;

  @Parameters(
      index = "1",
      paramLabel = "CANDIDATE",
      description = "The directory of the model to judge.")
  private Path candidate;

  @Option(
      names = "--texts",
      paramLabel = "FILE",
      description = "Texts that neither model was trained on; may be repeated.")
  private List<Path> texts = new ArrayList<>();

  @Option(
      names = "--texts-as",
      paramLabel = "FORM",
      description =
          "How texts are read: ${COMPLETION-CANDIDATES}. If not given, .jsonl is JSON_LINES, and"
              + " others are one DOCUMENT each.")
  private @Nullable TextForm form;

  @Option(
      names = "--probes",
      paramLabel = "FILE",
      description = "Prompts and their right answers as JSON lines; may be repeated.")
  private List<Path> probes = new ArrayList<>();

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description = "The limits, as YAML or JSON; or 'default' or 'strict'.")
  private String policy = DriftPolicy.DEFAULT.name();

  @Option(names = "--html", paramLabel = "FILE", description = "Write a page with pictures.")
  private @Nullable Path html;

  @Option(names = "--markdown", paramLabel = "FILE", description = "Write tables as Markdown.")
  private @Nullable Path markdown;

  @Option(names = "--report", paramLabel = "FILE", description = "Write the report as JSON.")
  private @Nullable Path report;

  @Option(names = "--threads", paramLabel = "N", description = "Threads of one model.")
  private int threads = CheckSettings.DEFAULT.threads();

  @Option(names = "--window", paramLabel = "TOKENS", description = "Windows of long texts.")
  private int window = CheckSettings.DEFAULT.windowTokens();

  @Option(
      names = "--stride",
      paramLabel = "TOKENS",
      description = "How far apart windows begin; half a window if not given.")
  private @Nullable Integer stride;

  @Option(names = "--max-tokens", paramLabel = "TOKENS", description = "Where texts are cut off.")
  private long maxTokens = CheckSettings.DEFAULT.maxTokens();

  @Option(names = "--max-answer", paramLabel = "TOKENS", description = "Where answers are cut off.")
  private int maxAnswer = CheckSettings.DEFAULT.maxAnswerTokens();

  @Option(
      names = "--deadline",
      paramLabel = "MINUTES",
      description = "After which there is no result.")
  private @Nullable Long deadlineMinutes;

  CheckCommand(Console console, LongSupplier nanoTime) {
    this.console = console;
    this.pace = new Pace(nanoTime);
  }

  @Override
  public Integer call() {
    DriftPolicy limits = policy();
    CheckTargets targets = new CheckTargets(candidate);
    targets.require("--html", html);
    targets.require("--markdown", markdown);
    targets.require("--report", report);
    if (form == null) {
      texts.stream().filter(LikelyTranscript::is).forEach(this::noteTranscript);
    }
    CheckReport measured =
        new ModelCheck(reference, candidate, settings())
            .run(files(), this::draw, Thread.currentThread()::isInterrupted)
            .judgedBy(limits);
    write(html, measured::toHtml);
    write(markdown, measured::toMarkdown);
    write(report, measured::toJson);
    console.answer(text(measured), json(measured));
    return exitCode(measured).number();
  }

  private DriftPolicy policy() {
    return switch (policy) {
      case "default" -> DriftPolicy.DEFAULT;
      case "strict" -> DriftPolicy.STRICT;
      default -> DriftPolicy.read(Path.of(policy));
    };
  }

  private CheckSettings settings() {
    CheckSettings settings =
        CheckSettings.DEFAULT
            .withThreads(threads)
            .withWindows(window, stride == null ? Math.max(1, window / 2) : stride)
            .withMaxTokens(maxTokens)
            .withMaxAnswerTokens(maxAnswer);
    return deadlineMinutes == null
        ? settings
        : settings.withDeadline(Duration.ofMinutes(deadlineMinutes));
  }

  private CheckFiles files() {
    CheckFiles files = CheckFiles.NONE;
    for (Path file : texts) {
      files = files.withTexts(file, form == null ? TextForm.of(file) : form);
    }
    for (Path file : probes) {
      files = files.withProbes(file);
    }
    return files;
  }

  private void draw(CheckProgress progress) {
    boolean last = progress.done() == progress.total();
    if (last || pace.isDue()) {
      console.progress(
          String.format(
              Locale.ROOT,
              "%3.0f%%  %d of %d%s",
              100 * progress.share(),
              progress.done(),
              progress.total(),
              progress.timeLeft().map(left -> "  " + Format.duration(left) + " left").orElse("")),
          last);
    }
  }

  private void noteTranscript(Path file) {
    console.note(
        "The lines of '"
            + file
            + "' look like conversations, whose control tokens are read as characters: say"
            + " --texts-as transcripts, or --texts-as document to read them so.");
  }

  private static void write(@Nullable Path file, Supplier<String> text) {
    if (file == null) {
      return;
    }
    try {
      Files.writeString(file, text.get());
    } catch (IOException e) {
      throw new CommandFault(
          ExitCode.STORE, "IO", "'" + file + "' cannot be written (" + e + ").", e);
    }
  }

  private static String text(CheckReport measured) {
    StringBuilder text = new StringBuilder();
    for (DriftVerdict.Finding finding : verdict(measured).findings()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-8s  %-34s %s%n",
              finding.isKept() ? "kept" : "NOT KEPT",
              finding.limit(),
              Double.isNaN(finding.value())
                  ? "not measured"
                  : String.format(Locale.ROOT, "%.5f", finding.value())));
    }
    text.append(measured.candidate().name())
        .append(" against ")
        .append(measured.reference().name())
        .append(": the policy '")
        .append(verdict(measured).policy())
        .append(verdict(measured).isMet() ? "' is met" : "' is not met");
    return text.toString();
  }

  private static ObjectNode json(CheckReport measured) {
    try {
      return (ObjectNode) new ObjectMapper().readTree(measured.toJson());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The report is JSON.", e);
    }
  }

  private static ExitCode exitCode(CheckReport measured) {
    return verdict(measured).isMet() ? ExitCode.OK : ExitCode.REFUSED;
  }

  private static DriftVerdict verdict(CheckReport measured) {
    return measured.verdict().orElseThrow();
  }
}
