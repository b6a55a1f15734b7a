package io.edgellm.examples.cli;

import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code MODEL} or {@code MODEL@VERSION}.
 *
 * @param line the model line
 * @param named the version, or null if the command chooses one
 */
record ModelName(ModelId line, @Nullable ModelVersion named) {
  /**
   * Reads a name.
   *
   * @throws io.edgellm.model.ModelException if one of its parts is not allowed
   */
  static ModelName parse(String text) {
    int at = text.indexOf('@');
    return at < 0
        ? new ModelName(new ModelId(text), null)
        : new ModelName(
            new ModelId(text.substring(0, at)), ModelVersion.parse(text.substring(at + 1)));
  }

  Optional<ModelVersion> version() {
    return Optional.ofNullable(named);
  }

  /** Returns the version, where a command must not choose one. */
  ModelVersion requireVersion() {
    return version()
        .orElseThrow(
            () ->
                new CommandFault(
                    ExitCode.USAGE,
                    "VERSION_MISSING",
                    "Say which version of '" + line + "': write " + line + "@VERSION."));
  }

  @Override
  public String toString() {
    return line + version().map(v -> "@" + v).orElse("");
  }
}
