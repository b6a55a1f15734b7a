package io.edgellm.internal.io.crash;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is on a medium: names in directories, and bytes of files. */
final class DiskImage {
  /** A name in a directory. */
  record Name(Inode.Directory directory, String text) {}

  static final Inode.Directory ROOT = new Inode.Directory(0);

  private final Map<Inode.Directory, SortedMap<String, Inode>> names = new HashMap<>();
  private final Map<Inode.File, FileContent> contents = new HashMap<>();

  DiskImage copy() {
    DiskImage copy = new DiskImage();
    names.forEach((directory, entries) -> copy.names.put(directory, new TreeMap<>(entries)));
    copy.contents.putAll(contents);
    return copy;
  }

  void set(Name name, Inode inode) {
    names.computeIfAbsent(name.directory(), d -> new TreeMap<>()).put(name.text(), inode);
  }

  void remove(Name name) {
    names.getOrDefault(name.directory(), new TreeMap<>()).remove(name.text());
  }

  @Nullable Inode get(Name name) {
    return names.getOrDefault(name.directory(), new TreeMap<>()).get(name.text());
  }

  FileContent content(Inode.File file) {
    return contents.getOrDefault(file, FileContent.EMPTY);
  }

  void setContent(Inode.File file, FileContent content) {
    contents.put(file, content);
  }

  /** Returns the directory of a path and its last name in it. */
  Name resolve(String path) {
    int slash = path.lastIndexOf('/');
    String parent = path.substring(0, Math.max(0, slash));
    if (inode(parent) instanceof Inode.Directory directory) {
      return new Name(directory, path.substring(slash + 1));
    }
    throw new IllegalStateException("'" + parent + "' is not a directory.");
  }

  /** Returns what a path names; the empty path is the root. */
  Inode inode(String path) {
    Inode inode = path.isEmpty() ? ROOT : get(resolve(path));
    if (inode == null) {
      throw new IllegalStateException("'" + path + "' was not made through the recorded disk.");
    }
    return inode;
  }

  /**
   * Returns what a program finds after the next start. A directory that has come under two names,
   * because a rename arrived half, keeps one of them: the check of the file system removes the
   * other, and it may be either.
   */
  List<DiskTree> trees() {
    Map<Inode.Directory, List<Name>> known = new LinkedHashMap<>();
    collect(ROOT, known);
    for (List<Name> found : known.values()) {
      if (found.size() > 1) {
        return found.stream().flatMap(kept -> without(found, kept).trees().stream()).toList();
      }
    }
    SortedMap<String, DiskTree.Node> nodes = new TreeMap<>();
    addNodes(ROOT, "", nodes);
    return List.of(new DiskTree(nodes));
  }

  private void collect(Inode.Directory directory, Map<Inode.Directory, List<Name>> known) {
    for (Map.Entry<String, Inode> entry : entries(directory).entrySet()) {
      if (entry.getValue() instanceof Inode.Directory child) {
        known
            .computeIfAbsent(child, c -> new ArrayList<>())
            .add(new Name(directory, entry.getKey()));
        collect(child, known);
      }
    }
  }

  private DiskImage without(List<Name> all, Name kept) {
    DiskImage image = copy();
    all.stream().filter(name -> !name.equals(kept)).forEach(image::remove);
    return image;
  }

  private void addNodes(
      Inode.Directory directory, String prefix, SortedMap<String, DiskTree.Node> nodes) {
    for (Map.Entry<String, Inode> entry : entries(directory).entrySet()) {
      String path = prefix + entry.getKey();
      Inode inode = entry.getValue();
      if (inode instanceof Inode.File file) {
        nodes.put(path, new DiskTree.Document(content(file)));
      } else if (inode instanceof Inode.Link link) {
        nodes.put(path, new DiskTree.Pointer(link.target()));
      } else if (inode instanceof Inode.Directory child) {
        nodes.put(path, new DiskTree.Folder());
        addNodes(child, path + "/", nodes);
      }
    }
  }

  private SortedMap<String, Inode> entries(Inode.Directory directory) {
    return names.getOrDefault(directory, new TreeMap<>());
  }
}
