package io.edgellm.inference;

import io.edgellm.inference.embedding.EmbedderSettings;
import io.edgellm.inference.embedding.EmbedderSettings.Overlong;
import io.edgellm.llm.Pooling;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How an {@link OnnxModelLoader} opens an embedder; immutable. {@code EmbedderOptions.defaults()}
 * does what the model's files say, and refuses texts that are too long.
 */
public final class EmbedderOptions {
  private final @Nullable Pooling pooling;
  private final @Nullable Boolean normalized;
  private final Overlong overlong;
  private final int maxTokens;

  private EmbedderOptions(Builder b) {
    this.pooling = b.pooling;
    this.normalized = b.normalized;
    this.overlong = b.overlong;
    this.maxTokens = b.maxTokens;
  }

  /** Returns the defaults. */
  public static EmbedderOptions defaults() {
    return builder().build();
  }

  /** Returns a builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  EmbedderSettings settings(OnnxOptions options) {
    return new EmbedderSettings(
        options.threads(),
        options.spinning(),
        Math.min(maxTokens, options.maxContextTokens()),
        overlong,
        pooling,
        normalized,
        options.memoryBudget());
  }

  /** Builds {@link EmbedderOptions}; not thread-safe. */
  public static final class Builder {
    private @Nullable Pooling pooling;
    private @Nullable Boolean normalized;
    private Overlong overlong = Overlong.REFUSED;
    private int maxTokens = Integer.MAX_VALUE;

    private Builder() {}

    /**
     * Sets how the vectors of tokens become that of a text, in place of what the model's files say.
     * They need to be consulted where a model comes without the configuration of its pooling.
     */
    public Builder pooling(Pooling pooling) {
      this.pooling = Objects.requireNonNull(pooling);
      return this;
    }

    /**
     * Sets whether vectors get the length 1, so that their product is the cosine of their angle, in
     * place of what modules.json says. Without modules.json they do.
     */
    public Builder normalized(boolean normalized) {
      this.normalized = normalized;
      return this;
    }

    /** Lets the beginning of a text that is too long stand for the whole; else it is refused. */
    public Builder cutLongTexts() {
      this.overlong = Overlong.CUT;
      return this;
    }

    /**
     * Bounds the tokens of a text, for which memory is counted; the model's own bound, and {@link
     * OnnxOptions#maxContextTokens()}, hold as well.
     */
    public Builder maxTokens(int tokens) {
      if (tokens < 1) {
        throw new IllegalArgumentException("maxTokens must be at least 1.");
      }
      this.maxTokens = tokens;
      return this;
    }

    /** Returns the options. */
    public EmbedderOptions build() {
      return new EmbedderOptions(this);
    }
  }
}
