package io.edgellm.benchmarks;

import io.edgellm.inference.template.ChatTemplate;
import io.edgellm.inference.template.Conversation;
import io.edgellm.inference.template.Conversation.Turn;
import io.edgellm.inference.template.Template;
import io.edgellm.inference.template.TemplateLimits;
import io.edgellm.inference.template.TemplateSpan;
import io.edgellm.inference.text.Detokenizer;
import io.edgellm.inference.text.TextSpan;
import io.edgellm.inference.text.Tokenizer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What text costs around the forward passes: chat template, tokens of a prompt, text of tokens. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 40, time = 50, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class TextBenchmark {
  private static final String SENTENCE = "dim the bedroom lights to 30 percent, and tell me when.";

  /** Messages of the conversation. */
  @Param({"1", "20"})
  public int turns;

  private @Nullable ChatTemplate template;
  private @Nullable Tokenizer tokenizer;
  private Conversation conversation = Conversation.of(Turn.of("user", SENTENCE));
  private List<TextSpan> prompt = List.of();
  private int[] ids = {};

  /** Reads the text side of the sample model. */
  @Setup
  public void load() {
    Path model = Path.of("..", "examples", "sample-model", "genai");
    Tokenizer loaded = Tokenizer.load(model);
    tokenizer = loaded;
    ChatTemplate parsed =
        new ChatTemplate(
            Template.parse(ChatTemplate.source(model).orElseThrow()),
            loaded.specialTokens().byName(),
            Clock.systemUTC(),
            TemplateLimits.DEFAULT);
    template = parsed;
    List<Turn> messages = new ArrayList<>();
    for (int i = 0; i < turns; i++) {
      messages.add(Turn.of(i % 2 == 0 ? "user" : "assistant", SENTENCE));
    }
    conversation = Conversation.of(messages.toArray(Turn[]::new));
    prompt =
        parsed.render(conversation).stream()
            .map(
                span ->
                    switch (span.provenance()) {
                      case TEMPLATE -> TextSpan.control(span.text());
                      case INPUT -> TextSpan.plain(span.text());
                    })
            .toList();
    ids = loaded.encode(prompt);
  }

  /** A conversation to text. */
  @Benchmark
  public @Nullable List<TemplateSpan> chatTemplate() {
    return template == null ? null : template.render(conversation);
  }

  /** The text to tokens. */
  @Benchmark
  public int @Nullable [] encode() {
    return tokenizer == null ? null : tokenizer.encode(prompt);
  }

  /** The tokens to text, one after the other. */
  @Benchmark
  public int detokenize() {
    if (tokenizer == null) {
      return 0;
    }
    Detokenizer detokenizer = tokenizer.detokenizer();
    int characters = 0;
    for (int id : ids) {
      characters += detokenizer.next(id).length();
    }
    return characters;
  }

  /** Frees the tokenizer. */
  @TearDown
  public void close() {
    if (tokenizer != null) {
      tokenizer.close();
    }
  }
}
