package io.edgellm.trust.time;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** When this library was built, as the reproducible build says: the same sources, the same time. */
final class BuildTime {
  private static final String RESOURCE = "build-time";

  private BuildTime() {}

  /** Reads it from beside this class. */
  static Instant ofThisLibrary() {
    try (InputStream in = BuildTime.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw notFilled("nothing", null);
      }
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads the two forms that Maven knows: ISO 8601 with an offset, and seconds since 1970. */
  static Instant parse(String text) {
    try {
      return text.matches("\\d{1,12}")
          ? Instant.ofEpochSecond(Long.parseLong(text))
          : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw notFilled(text, e);
    }
  }

  private static IllegalStateException notFilled(String text, @Nullable Throwable cause) {
    return new IllegalStateException(
        "edgellm-core says '"
            + text
            + "' for the time of its build: build it with project.build.outputTimestamp.",
        cause);
  }
}
