package io.edgellm.model;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a model can do, in the words of the CNCF ModelPack specification. What is empty or null is
 * not said.
 *
 * @param inputTypes what it takes
 * @param outputTypes what it gives
 * @param knowledgeCutoff the time of its training data
 * @param reasoning whether it reasons before it answers
 * @param toolUsage whether it calls tools
 * @param reward whether it is a reward model
 * @param languages the languages that it speaks, as two letters of ISO 639
 */
public record Capabilities(
    List<Modality> inputTypes,
    List<Modality> outputTypes,
    @Nullable Instant knowledgeCutoff,
    @Nullable Boolean reasoning,
    @Nullable Boolean toolUsage,
    @Nullable Boolean reward,
    List<String> languages) {
  private static final Pattern LANGUAGE = Pattern.compile("[a-z]{2}");

  /** A kind of data that goes into a model or comes out of it. */
  public enum Modality {
    /** Text. */
    TEXT,
    /** Pictures. */
    IMAGE,
    /** Sound. */
    AUDIO,
    /** Moving pictures. */
    VIDEO,
    /** Vectors. */
    EMBEDDING,
    /** Anything else. */
    OTHER;

    /** Returns the name in a manifest. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Copies the lists, and refuses what is no language. */
  public Capabilities {
    inputTypes = List.copyOf(inputTypes);
    outputTypes = List.copyOf(outputTypes);
    languages = List.copyOf(languages);
    for (String language : languages) {
      if (!LANGUAGE.matcher(language).matches()) {
        throw new ModelException(
            ModelException.Reason.INVALID_VALUE,
            "'" + language + "' is not a language: write two lower-case letters of ISO 639.",
            "config.capabilities.languages");
      }
    }
  }

  /** Says nothing. */
  public static Capabilities unknown() {
    return new Capabilities(List.of(), List.of(), null, null, null, null, List.of());
  }
}
