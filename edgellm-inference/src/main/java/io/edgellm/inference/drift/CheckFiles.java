package io.edgellm.inference.drift;

import io.edgellm.inference.drift.DriftException.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The files that models are compared on. Take text that neither was trained on. In UTF-8, at most
 * 64 MiB each.
 *
 * @param texts for perplexity and divergence
 * @param probes for greedy answers: one JSON object per line, {@code {"prompt": "…", "expected":
 *     "…"}}, blank lines skipped; {@code expected} may be left out, {@code "system"} may be added
 */
public record CheckFiles(List<Text> texts, List<Path> probes) {
  /**
   * A file of texts.
   *
   * @param file where it lies
   * @param form how it is read
   */
  public record Text(Path file, TextForm form) {}

  /** No files yet. */
  public static final CheckFiles NONE = new CheckFiles(List.of(), List.of());

  /** Copies the lists. */
  public CheckFiles {
    texts = List.copyOf(texts);
    probes = List.copyOf(probes);
  }

  /** Returns these files and one more of texts. */
  public CheckFiles withTexts(Path file, TextForm form) {
    List<Text> more = new ArrayList<>(texts);
    more.add(new Text(file, form));
    return new CheckFiles(more, probes);
  }

  /** Returns these files and one more of probes. */
  public CheckFiles withProbes(Path file) {
    List<Path> more = new ArrayList<>(probes);
    more.add(file);
    return new CheckFiles(texts, more);
  }

  /** Returns all of them, in order. */
  List<Path> all() {
    List<Path> all = new ArrayList<>(texts.stream().map(Text::file).toList());
    all.addAll(probes);
    if (all.isEmpty()) {
      throw new DriftException(
          Reason.INVALID_MATERIAL, "There is neither a text nor a probe to compare on.", null);
    }
    return all;
  }
}
