package io.edgellm.inference.engine;

import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.template.ChatTemplate;
import io.edgellm.inference.template.TemplateLimits;
import io.edgellm.inference.template.TemplateSources;
import io.edgellm.inference.template.TemplateSpan;
import io.edgellm.inference.text.TextSpan;
import io.edgellm.inference.text.Tokenizer;
import io.edgellm.inference.text.Vocabulary;
import io.edgellm.llm.ChatMessage;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.InferenceException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Requests to tokens, and how their answers are read: where the chat template, the tokenizer and
 * the model's form of answers meet.
 *
 * @param plain for requests without tools
 * @param withTools for those with tools; the same, unless the model has a template of its own for
 *     them
 */
record Prompts(ModelDirectory directory, Tokenizer tokenizer, Dialogue plain, Dialogue withTools)
    implements AutoCloseable {

  /**
   * Loads the text side of a model.
   *
   * @param clock what a template sees as the date
   */
  static Prompts load(ModelDirectory directory, Clock clock) {
    TemplateSources sources = TemplateSources.read(directory.root());
    String source = sources.named(TemplateSources.DEFAULT).orElseThrow(() -> noTemplate(directory));
    Tokenizer tokenizer = Tokenizer.load(directory.root());
    try {
      ChatTemplate template =
          ChatTemplate.parse(
                  sources, tokenizer.specialTokens().byName(), clock, TemplateLimits.DEFAULT)
              .orElseThrow(() -> noTemplate(directory));
      Dialogue plain = Dialogue.of(template, source, directory, tokenizer);
      Dialogue withTools =
          sources
              .named(TemplateSources.TOOL_USE)
              .map(other -> Dialogue.of(template, other, directory, tokenizer))
              .orElse(plain);
      return new Prompts(directory, tokenizer, plain, withTools);
    } catch (RuntimeException | Error e) {
      tokenizer.close();
      throw e;
    }
  }

  private static InferenceException noTemplate(ModelDirectory directory) {
    return new InferenceException(
        InferenceException.Reason.MODEL_UNSUPPORTED,
        "The model has no chat template; put it into chat_template.jinja, or take a model that was"
            + " made for conversations.",
        directory.root().toString());
  }

  /**
   * Prepares a request. Control tokens are read where the template wrote them, and nowhere else.
   *
   * @throws InferenceException TEMPLATE if the template does not accept it, TOOLS_UNSUPPORTED if
   *     the model takes no tools
   */
  PreparedRequest prepare(GenerationRequest request) {
    Dialogue dialogue = dialogue(request);
    List<TemplateSpan> rendered = dialogue.render(request, request.messages());
    int[] prompt = encode(rendered);
    int marked = request.keepsSystemPrompt() ? systemTokens(request, prompt) : 0;
    return new PreparedRequest(prompt, dialogue.plan(request, rendered), marked);
  }

  /** Returns what a request is that cannot be prepared. */
  PreparedRequest unprepared() {
    return new PreparedRequest(
        new int[0], plain.plan(GenerationRequest.of("nothing"), List.of()), 0);
  }

  /**
   * Returns the tokens of a request as the model reads it.
   *
   * @throws InferenceException TEMPLATE if the template does not accept it
   */
  int[] encode(GenerationRequest request) {
    return encode(dialogue(request).render(request, request.messages()));
  }

  private Dialogue dialogue(GenerationRequest request) {
    return request.tools().isEmpty() ? plain : withTools;
  }

  private int[] encode(List<TemplateSpan> rendered) {
    List<TextSpan> spans = new ArrayList<>();
    for (TemplateSpan span : rendered) {
      spans.add(
          switch (span.provenance()) {
            case TEMPLATE -> TextSpan.control(span.text());
            case INPUT -> TextSpan.plain(span.text());
          });
    }
    int[] prompt = tokenizer.encode(spans);
    if (prompt.length == 0) {
      throw new InferenceException(
          InferenceException.Reason.TEMPLATE,
          "The chat template makes an empty prompt of the conversation.",
          null);
    }
    return prompt;
  }

  /**
   * Returns how many tokens of a conversation are those of its system messages and what the
   * template writes up to the next one: those that it shares with another that goes on differently.
   */
  private int systemTokens(GenerationRequest request, int[] prompt) {
    List<ChatMessage> other = new ArrayList<>();
    for (ChatMessage message : request.messages()) {
      if (message.role() != ChatMessage.Role.SYSTEM) {
        break;
      }
      other.add(message);
    }
    if (other.isEmpty()) {
      return 0;
    }
    other.add(ChatMessage.user("?"));
    int[] tokens = encode(dialogue(request).render(request, other));
    int different = Arrays.mismatch(prompt, tokens);
    return different < 0 ? prompt.length - 1 : Math.min(different, prompt.length - 1);
  }

  /** Returns an answer without tokens to a prepared request. */
  Answer answer(PreparedRequest to) {
    return new Answer(to.prompt(), to.plan().parser(tokenizer), tokenizer.vocabulary());
  }

  /** Returns the tokens of what the model would say. */
  int[] encodeAnswer(String answer) {
    return tokenizer.encode(answer);
  }

  /**
   * Returns all tokens that end an answer: those of the configuration and the tokenizer's own.
   *
   * @param configured those of the configuration
   * @param logits the size of the vocabulary that the graph knows
   * @throws InferenceException MODEL_INVALID if graph and tokenizer do not belong together
   */
  Set<Integer> endTokens(Set<Integer> configured, int logits) {
    Vocabulary vocabulary = tokenizer.vocabulary();
    if (vocabulary.size() > logits) {
      throw wrongTokenizer("has " + vocabulary.size() + " tokens, and the graph knows " + logits);
    }
    Set<Integer> ends = new TreeSet<>(configured);
    tokenizer.eosId().ifPresent(ends::add);
    for (int end : ends) {
      if (vocabulary.byteCount(end) == 0) {
        throw wrongTokenizer("does not know " + end + ", which ends an answer");
      }
    }
    return ends;
  }

  private InferenceException wrongTokenizer(String what) {
    return new InferenceException(
        InferenceException.Reason.MODEL_INVALID,
        "tokenizer.json " + what + "; it belongs to another model.",
        directory.root().resolve("tokenizer.json").toString());
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
