package io.edgellm.llm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    if (messages.isEmpty()) {
      throw new IllegalArgumentException("A request needs at least one message.");
    }
  }

  /** Returns a request with one user message and the defaults. */
  public static GenerationRequest of(String userMessage) {
    return builder().user(userMessage).build();
  }

  /** Returns the same request with another timeout, above zero. */
  public GenerationRequest withTimeout(Duration other) {
    Builder same = builder().messages(messages).maxTokens(maxTokens).sampling(sampling);
    same.stopStrings.addAll(stopStrings);
    same.adapter = adapter;
    same.logprobs = logprobs;
    same.priority = priority;
    same.keepsSystemPrompt = keepsSystemPrompt;
    same.readsAnew = readsAnew;
    return same.timeout(other).build();
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

    /** Returns the request. */
    public GenerationRequest build() {
      return new GenerationRequest(this);
    }
  }
}
