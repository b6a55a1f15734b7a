package io.edgellm.trust.oms;

import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Paths that are not part of a model: exact paths from its root, each with everything below it. No
 * wildcards.
 */
public final class IgnoredPaths {
  private static final List<String> GIT =
      List.of(".git", ".gitattributes", ".github", ".gitignore");

  private final SortedSet<String> paths;

  private IgnoredPaths(SortedSet<String> paths) {
    this.paths = paths;
  }

  /** Ignores nothing. */
  public static IgnoredPaths none() {
    return new IgnoredPaths(new TreeSet<>());
  }

  /** Ignores what the specification always ignores: the files of git at the root. */
  public static IgnoredPaths git() {
    return none().and(GIT);
  }

  /** Returns these and more. */
  public IgnoredPaths and(Collection<String> more) {
    SortedSet<String> all = new TreeSet<>(paths);
    all.addAll(more);
    return new IgnoredPaths(all);
  }

  boolean contains(String name) {
    for (int end = name.indexOf('/'); end >= 0; end = name.indexOf('/', end + 1)) {
      if (paths.contains(name.substring(0, end))) {
        return true;
      }
    }
    return paths.contains(name);
  }

  List<String> toList() {
    return List.copyOf(paths);
  }
}
