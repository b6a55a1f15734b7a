package io.edgellm.llm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a model is asked, immutable: a conversation and the limits of the answer.
 *
 * <p>{@code GenerationRequest.of("…")} asks one question greedily, for at most {@value
 * #DEFAULT_MAX_TOKENS} tokens and without a deadline; {@link #builder()} sets everything.
 */
public final class GenerationRequest {
  /** The answer's bound where none is given. */
  public static final int DEFAULT_MAX_TOKENS = 256;

  /** As many of the most likely tokens can be asked for. */
  public static final int MOST_LOGPROBS = 20;

  private final List<ChatMessage> messages;
  private final int maxTokens;
  private final Sampling sampling;
  private final List<String> stopStrings;
  private final @Nullable Duration timeout;
  private final @Nullable String adapter;
  private final @Nullable Integer logprobs;
  private final Priority priority;
  private final boolean keepsSystemPrompt;
  private final boolean readsAnew;
  private final @Nullable Constraint constraint;
  private final List<ToolDefinition> tools;
  private final ToolChoice toolChoice;
  private final boolean constrainsToolCalls;
  private final List<Map<String, ?>> documents;
  private final Map<String, @Nullable Object> templateVariables;

  private GenerationRequest(Builder b) {
    this.messages = List.copyOf(b.messages);
    this.maxTokens = b.maxTokens;
    this.sampling = b.sampling;
    this.stopStrings = List.copyOf(b.stopStrings);
    this.timeout = b.timeout;
    this.adapter = b.adapter;
    this.logprobs = b.logprobs;
    this.priority = b.priority;
    this.keepsSystemPrompt = b.keepsSystemPrompt;
    this.readsAnew = b.readsAnew;
    this.constraint = b.constraint;
    this.tools = List.copyOf(b.tools);
    this.toolChoice = b.toolChoice;
    this.constrainsToolCalls = b.constrainsToolCalls;
    this.documents = List.copyOf(b.documents);
    this.templateVariables = Collections.unmodifiableMap(new LinkedHashMap<>(b.templateVariables));
    requireTools();
    if (messages.isEmpty()) {
      throw new IllegalArgumentException("A request needs at least one message.");
    }
  }

  /** Returns a request with one user message and the defaults. */
  public static GenerationRequest of(String userMessage) {
    return builder().user(userMessage).build();
  }

  private void requireTools() {
    long names = tools.stream().map(ToolDefinition::name).distinct().count();
    if (names < tools.size()) {
      throw new IllegalArgumentException("Two tools of a request have the same name.");
    }
    boolean choosable =
        toolChoice instanceof ToolChoice.Named named
            ? tools.stream().anyMatch(tool -> tool.name().equals(named.tool()))
            : !tools.isEmpty() || !(toolChoice instanceof ToolChoice.Required);
    if (!choosable) {
      throw new IllegalArgumentException(
          "The request has no tool for its choice " + toolChoice + "; add it.");
    }
    if (constraint != null && mayCallTools() && !(toolChoice instanceof ToolChoice.Auto)) {
      throw new IllegalArgumentException(
          "An answer that has to be a tool call cannot have a constraint of its own as well.");
    }
  }

  /** Returns the same request with another timeout, above zero. */
  public GenerationRequest withTimeout(Duration other) {
    return toBuilder().timeout(other).build();
  }

  /** Returns a builder that begins with everything that this request has. */
  public Builder toBuilder() {
    Builder same = builder().messages(messages).maxTokens(maxTokens).sampling(sampling);
    same.stopStrings.addAll(stopStrings);
    same.timeout = timeout;
    same.adapter = adapter;
    same.logprobs = logprobs;
    same.priority = priority;
    same.keepsSystemPrompt = keepsSystemPrompt;
    same.readsAnew = readsAnew;
    same.constraint = constraint;
    same.tools.addAll(tools);
    same.toolChoice = toolChoice;
    same.constrainsToolCalls = constrainsToolCalls;
    same.documents.addAll(documents);
    same.templateVariables.putAll(templateVariables);
    return same;
  }

  /** Returns an empty builder. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the conversation, oldest first. */
  public List<ChatMessage> messages() {
    return messages;
  }

  /** Returns the largest number of tokens to generate. */
  public int maxTokens() {
    return maxTokens;
  }

  /** Returns how tokens are chosen. */
  public Sampling sampling() {
    return sampling;
  }

  /** Returns the texts that end the answer; none of them is part of it. */
  public List<String> stopStrings() {
    return stopStrings;
  }

  /** Returns how long the request may take from submission to the last token. */
  public Optional<Duration> timeout() {
    return Optional.ofNullable(timeout);
  }

  /**
   * Returns of how many of the most likely tokens the likelihood is wanted, besides that of each
   * chosen one; empty if none is.
   */
  public OptionalInt logprobs() {
    return logprobs == null ? OptionalInt.empty() : OptionalInt.of(logprobs);
  }

  /** Returns how urgent the request is while it waits. */
  public Priority priority() {
    return priority;
  }

  /** Returns whether other requests will begin with the same system messages. */
  public boolean keepsSystemPrompt() {
    return keepsSystemPrompt;
  }

  /** Returns whether the whole prompt is read, whatever was computed of it before. */
  public boolean readsAnew() {
    return readsAnew;
  }

  /** Returns the LoRA adapter that the model shall use; none is the model alone. */
  public Optional<String> adapter() {
    return Optional.ofNullable(adapter);
  }

  /** Returns what the answer has to be like; empty if it is free. */
  public Optional<Constraint> constraint() {
    return Optional.ofNullable(constraint);
  }

  /** Returns the tools that the model is told of, in order. */
  public List<ToolDefinition> tools() {
    return tools;
  }

  /** Returns whether the model may, must or must not call one of them. */
  public ToolChoice toolChoice() {
    return toolChoice;
  }

  /** Returns whether there are tools that the model may call. */
  public boolean mayCallTools() {
    return !tools.isEmpty() && !(toolChoice instanceof ToolChoice.None);
  }

  /** Returns whether calls can only be written as the tools' schemas say. */
  public boolean constrainsToolCalls() {
    return constrainsToolCalls;
  }

  /** Returns documents for templates that know of them, each as JSON-like fields. */
  public List<Map<String, ?>> documents() {
    return documents;
  }

  /** Returns further variables of the chat template, JSON-like values by name. */
  public Map<String, @Nullable Object> templateVariables() {
    return templateVariables;
  }

  /** Builds a {@link GenerationRequest}; not thread-safe. */
  public static final class Builder {
    private final List<ChatMessage> messages = new ArrayList<>();
    private final List<String> stopStrings = new ArrayList<>();
    private int maxTokens = DEFAULT_MAX_TOKENS;
    private Sampling sampling = Sampling.greedy();
    private @Nullable Duration timeout;
    private @Nullable String adapter;
    private @Nullable Integer logprobs;
    private Priority priority = Priority.NORMAL;
    private boolean keepsSystemPrompt;
    private boolean readsAnew;
    private @Nullable Constraint constraint;
    private final List<ToolDefinition> tools = new ArrayList<>();
    private ToolChoice toolChoice = ToolChoice.auto();
    private boolean constrainsToolCalls = true;
    private final List<Map<String, ?>> documents = new ArrayList<>();
    private final Map<String, @Nullable Object> templateVariables = new LinkedHashMap<>();

    private Builder() {}

    /** Adds a message of the host. */
    public Builder system(String content) {
      return message(ChatMessage.system(content));
    }

    /** Adds a message of the person. */
    public Builder user(String content) {
      return message(ChatMessage.user(content));
    }

    /** Adds a message. */
    public Builder message(ChatMessage message) {
      messages.add(Objects.requireNonNull(message));
      return this;
    }

    /** Adds messages in order. */
    public Builder messages(List<ChatMessage> more) {
      more.forEach(this::message);
      return this;
    }

    /** Bounds the answer; at least 1. */
    public Builder maxTokens(int tokens) {
      if (tokens < 1) {
        throw new IllegalArgumentException("maxTokens must be at least 1.");
      }
      this.maxTokens = tokens;
      return this;
    }

    /** Sets how tokens are chosen. */
    public Builder sampling(Sampling sampling) {
      this.sampling = Objects.requireNonNull(sampling);
      return this;
    }

    /** Adds a text that ends the answer; not empty. */
    public Builder stop(String text) {
      if (text.isEmpty()) {
        throw new IllegalArgumentException("A stop string must not be empty.");
      }
      stopStrings.add(text);
      return this;
    }

    /** Sets how long the request may take, waiting included; above zero. */
    public Builder timeout(Duration timeout) {
      if (timeout.isNegative() || timeout.isZero()) {
        throw new IllegalArgumentException("A timeout must be above zero.");
      }
      this.timeout = timeout;
      return this;
    }

    /**
     * Asks for the likelihood of each generated token and of the most likely ones in its place: see
     * {@link TokenLogprobs}. Token events and the result carry them.
     *
     * @param mostLikely how many of the most likely ones, 0 to {@value #MOST_LOGPROBS}
     */
    public Builder logprobs(int mostLikely) {
      if (mostLikely < 0 || mostLikely > MOST_LOGPROBS) {
        throw new IllegalArgumentException(
            "logprobs must be from 0 to " + MOST_LOGPROBS + ", and is " + mostLikely + ".");
      }
      this.logprobs = mostLikely;
      return this;
    }

    /** Sets how urgent the request is while it waits; {@link Priority#NORMAL} by default. */
    public Builder priority(Priority priority) {
      this.priority = Objects.requireNonNull(priority);
      return this;
    }

    /**
     * Says that other requests will begin with the same system messages, so that the engine keeps
     * what it computes for them. Without it, engines notice when two requests have begun alike.
     */
    public Builder keepSystemPrompt() {
      this.keepsSystemPrompt = true;
      return this;
    }

    /**
     * Has the whole prompt read, whatever was computed of it before. Quantized models round a
     * little differently by how many tokens are read at once; what is read anew, and alone, does
     * not depend on what ran before.
     */
    public Builder readAnew() {
      this.readsAnew = true;
      return this;
    }

    /**
     * Lets the model use one of the LoRA adapters that it comes with, by name. A model without it
     * refuses the request.
     */
    public Builder adapter(String name) {
      this.adapter = Objects.requireNonNull(name);
      return this;
    }

    /**
     * Says what the answer has to be like. With tools, calls are written as the tools say, and text
     * that is no call has to meet it.
     */
    public Builder constraint(Constraint constraint) {
      this.constraint = Objects.requireNonNull(constraint);
      return this;
    }

    /** Tells the model of a tool; the names of a request's tools differ. */
    public Builder tool(ToolDefinition tool) {
      tools.add(Objects.requireNonNull(tool));
      return this;
    }

    /** Tells the model of tools, in order. */
    public Builder tools(List<ToolDefinition> more) {
      more.forEach(this::tool);
      return this;
    }

    /** Sets whether the model may, must or must not call a tool; it may by default. */
    public Builder toolChoice(ToolChoice choice) {
      this.toolChoice = Objects.requireNonNull(choice);
      return this;
    }

    /**
     * Lets the model write calls as it likes; what it writes is then checked for being a call and a
     * JSON object, and not by the tools' schemas. For tools whose schemas the engine cannot
     * enforce.
     */
    public Builder unconstrainedToolCalls() {
      this.constrainsToolCalls = false;
      return this;
    }

    /**
     * Adds a document for templates that answer from documents.
     *
     * @param fields JSON-like values by name, usually {@code title} and {@code text}
     */
    public Builder document(Map<String, ?> fields) {
      documents.add(Collections.unmodifiableMap(new LinkedHashMap<>(fields)));
      return this;
    }

    /**
     * Sets a variable of the chat template, for example {@code reasoning_effort}.
     *
     * @param value null, a Boolean, Number or String, or a List or Map of such
     */
    public Builder templateVariable(String name, @Nullable Object value) {
      templateVariables.put(Objects.requireNonNull(name), value);
      return this;
    }

    /**
     * Asks a model that can do both to think before it answers, or not to. Sets the variables
     * {@code enable_thinking} and {@code thinking} of its chat template; one that knows neither
     * goes on as it was trained.
     */
    public Builder thinking(boolean think) {
      return templateVariable("enable_thinking", think).templateVariable("thinking", think);
    }

    /** Returns the request. */
    public GenerationRequest build() {
      return new GenerationRequest(this);
    }
  }
}
