package io.edgellm.store;

import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something in a store that is not as it should be.
 *
 * @param kind what is wrong
 * @param path where, relative to the store, with {@code /} between its parts
 * @param model the model line that it concerns, or null
 * @param version the version that it concerns, or null
 */
public record StoreFinding(
    Kind kind, String path, @Nullable ModelId model, @Nullable ModelVersion version) {

  /** What is wrong. */
  public enum Kind {
    /** A file is not there. */
    MISSING("is not there"),
    /** A file has another size. */
    WRONG_SIZE("has another size"),
    /** A file has other bytes. */
    WRONG_DIGEST("has other bytes"),
    /** A directory, a pipe or a device stands where a file should, or a file where a directory. */
    NOT_A_FILE("is something else than it should be"),
    /** A link stands there. It is not followed. */
    LINK("is a link"),
    /** The disk does not give the bytes. */
    UNREADABLE("cannot be read"),
    /** Manifest, signature or receipt of a version are damaged or speak of something else. */
    BAD_PAPERS("is damaged, or speaks of another release"),
    /** A record of what is active is damaged; there may be an intact copy of it. */
    BAD_STATE("is damaged"),
    /** Something that is not of the store, where it does harm. */
    FOREIGN("does not belong there"),
    /** Something that is not of the store, where it does none; it is left alone. */
    STRAY("is not of the store, and does no harm");

    private final String sentence;

    Kind(String sentence) {
      this.sentence = sentence;
    }

    /** Returns the name in a note. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns whether something must be done about it. */
  public boolean isHarmful() {
    return kind != Kind.STRAY;
  }

  /** Returns a sentence. */
  public String message() {
    return "'" + path + "' " + kind.sentence + ".";
  }

  @Override
  public String toString() {
    return message();
  }
}
