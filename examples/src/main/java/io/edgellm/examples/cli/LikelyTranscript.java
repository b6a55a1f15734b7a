package io.edgellm.examples.cli;

import io.edgellm.inference.drift.TextForm;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Guesses, from how a file of texts begins, whether a template wrote conversations to it. */
final class LikelyTranscript {
  private static final int LOOKED_AT_BYTES = 4096;

  /** A turn of a role, as the templates of most models open it. */
  private static final Pattern TURN =
      Pattern.compile(
          "<\\|(user|assistant|system|im_start|start_header_id|start_of_role|turn)\\|?>"
              + "|<start_of_turn>|\\[INST]");

  private LikelyTranscript() {}

  /**
   * Says whether a file that would be read as a document is more likely to hold conversations; not
   * of a file that cannot be read, which the check itself refuses.
   */
  static boolean is(Path file) {
    if (TextForm.of(file) != TextForm.DOCUMENT || !Files.isRegularFile(file)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      String beginning = new String(in.readNBytes(LOOKED_AT_BYTES), StandardCharsets.UTF_8);
      List<String> lines = beginning.lines().limit(5).toList();
      return lines.stream().anyMatch(line -> TURN.matcher(line).find());
    } catch (IOException e) {
      return false;
    }
  }
}
