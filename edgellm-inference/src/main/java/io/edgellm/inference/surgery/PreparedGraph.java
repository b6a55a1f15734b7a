package io.edgellm.inference.surgery;

import java.nio.file.Path;
import java.util.List;

/**
 * A graph that is ready to be opened.
 *
 * @param source what to open
 * @param choosesRows whether it takes {@link #FIRST_ROW}
 * @param steps what was changed and what not, for people
 * @param evidence a clause that says how it was compared with the unchanged graph
 */
public record PreparedGraph(
    GraphSource source, boolean choosesRows, List<SurgeryStep> steps, String evidence) {
  /**
   * An input {@code int64[1]}: the first position of the pass, counted from 0, that gets logits.
   * The number of positions means that none does; logits are {@code [1, positions - first,
   * vocabulary]}.
   */
  public static final String FIRST_ROW = HeadPruning.FIRST_ROW;

  /** Copies the list. */
  public PreparedGraph {
    steps = List.copyOf(steps);
  }

  /** Returns a graph that nothing was done to. */
  public static PreparedGraph unchanged(Path graph) {
    return new PreparedGraph(
        new GraphSource.OnDisk(graph), false, List.of(), "nothing was changed");
  }
}
