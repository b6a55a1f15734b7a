package io.edgellm.internal.io.crash;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A place in a protocol from which force is called: known by what is forced, and for a directory
 * also by what happened in it last.
 *
 * @param name for people
 */
public record ForceSite(String name) {
  @Override
  public String toString() {
    return name;
  }

  /** Goes along a log and names what is forced. */
  static final class Naming {
    private final UnaryOperator<String> naming;
    private final Map<String, String> lastChanges = new HashMap<>();

    Naming(UnaryOperator<String> naming) {
      this.naming = naming;
    }

    Optional<ForceSite> next(DiskOperation operation) {
      if (operation instanceof DiskOperation.Forced forced) {
        return Optional.of(new ForceSite("file " + naming.apply(forced.path())));
      }
      if (operation instanceof DiskOperation.DirectoryForced forced) {
        return Optional.of(site(forced.path()));
      }
      noteChange(operation);
      return Optional.empty();
    }

    private ForceSite site(String directory) {
      String last = lastChanges.getOrDefault(directory, "unchanged");
      return new ForceSite("directory " + naming.apply(directory) + " (" + last + ")");
    }

    private void noteChange(DiskOperation operation) {
      if (operation instanceof DiskOperation.DirectoryMade made) {
        gets(made.path());
      } else if (operation instanceof DiskOperation.Written written) {
        gets(written.path());
      } else if (operation instanceof DiskOperation.Linked linked) {
        gets(linked.link());
      } else if (operation instanceof DiskOperation.LinkedSymbolically linked) {
        gets(linked.link());
      } else if (operation instanceof DiskOperation.Deleted deleted) {
        loses(deleted.path());
      } else if (operation instanceof DiskOperation.Moved moved) {
        loses(moved.from());
        gets(moved.to());
      }
    }

    private void gets(String path) {
      lastChanges.put(parent(path), "gets " + lastName(path));
    }

    private void loses(String path) {
      lastChanges.put(parent(path), "loses " + lastName(path));
    }

    private String lastName(String path) {
      String named = naming.apply(path);
      return named.substring(named.lastIndexOf('/') + 1);
    }

    private static String parent(String path) {
      return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }
  }
}
