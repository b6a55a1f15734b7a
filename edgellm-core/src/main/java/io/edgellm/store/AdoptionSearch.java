package io.edgellm.store;

import io.edgellm.model.Artifact;
import io.edgellm.store.AdoptionListener.AdoptionEvent;
import io.edgellm.store.AdoptionReport.Obstacle;
import io.edgellm.store.AdoptionReport.Skipped;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks through a directory for files of certain sizes, and opens none of them.
 *
 * <p>Links are not followed: what they lead to is met under its own name if it lies in the
 * directory, and is not wanted if not. So there are no loops, and nothing outside is looked at.
 * Pipes, devices and sockets are passed over. Locks of other stores are not even candidates, since
 * a process that opens and closes such a file loses the locks it has on it.
 */
final class AdoptionSearch {
  /** Deeper than any layout of the field; less than what a hostile stick may hold. */
  private static final int MAX_DEPTH = 64;

  private static final Path LOCKS_OF_A_STORE = Path.of(".edgellm", "locks");

  /** What a directory may make this process remember. */
  private static final int MAX_CANDIDATES = 50_000;

  private static final int MAX_LISTED = 100;
  private static final int ENTRIES_PER_EVENT = 4096;

  /** A file of a size that is wanted. */
  record Candidate(Path path, long sizeBytes) {}

  private final Path root;
  private final Path ownStore;
  private final int maxEntries;
  private final AdoptionListener listener;
  private final Map<Long, List<Artifact>> wanted = new HashMap<>();
  private final List<Candidate> candidates = new ArrayList<>();
  private final Set<Object> inodes = new HashSet<>();
  private final List<Skipped> skipped = new ArrayList<>();
  private long skippedEntries;
  private int entries;
  private boolean complete = true;

  /**
   * @param root the real path of the directory
   * @param ownStore the real path of the store, which is left out
   */
  AdoptionSearch(
      Path root,
      Path ownStore,
      List<Artifact> missing,
      AdoptionOptions options,
      AdoptionListener listener) {
    this.root = root;
    this.ownStore = ownStore;
    this.maxEntries = options.maxEntries();
    this.listener = listener;
    for (Artifact file : missing) {
      wanted.computeIfAbsent(file.sizeBytes(), size -> new ArrayList<>()).add(file);
    }
  }

  /** Returns the files, those first whose names say that they are wanted. */
  List<Candidate> run() throws IOException {
    visit(root, 0);
    listener.onEvent(new AdoptionEvent.Searched(entries, candidates.size()));
    candidates.sort(Comparator.comparingInt(this::rank).thenComparing(c -> c.path().toString()));
    return candidates;
  }

  int entries() {
    return entries;
  }

  boolean isComplete() {
    return complete;
  }

  List<Skipped> skipped() {
    return skipped;
  }

  long skippedEntries() {
    return skippedEntries;
  }

  void skip(Path path, Obstacle obstacle) {
    skippedEntries++;
    if (skipped.size() < MAX_LISTED) {
      skipped.add(new Skipped(path, obstacle));
    }
  }

  private void visit(Path directory, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      skip(directory, Obstacle.TOO_DEEP);
      return;
    }
    try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
      for (Path child : children) {
        if (entries == maxEntries) {
          complete = false;
          return;
        }
        count();
        look(child, depth);
      }
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException | DirectoryIteratorException e) {
      skip(directory, Obstacle.UNREADABLE);
    }
  }

  private void count() throws InterruptedIOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted while looking through " + root);
    }
    entries++;
    if (entries % ENTRIES_PER_EVENT == 0) {
      listener.onEvent(new AdoptionEvent.Searched(entries, candidates.size()));
    }
  }

  private void look(Path path, int depth) throws IOException {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      skip(path, Obstacle.UNREADABLE);
      return;
    }
    if (attributes.isSymbolicLink()) {
      lookAtLink(path);
    } else if (attributes.isDirectory()) {
      if (!path.equals(ownStore)) {
        visit(path, depth + 1);
      }
    } else if (attributes.isRegularFile() && wanted.containsKey(attributes.size())) {
      add(path, attributes);
    }
  }

  /** A link that leads nowhere leads nowhere outside, either. */
  private void lookAtLink(Path link) {
    try {
      if (!link.toRealPath().startsWith(root)) {
        skip(link, Obstacle.LEADS_OUT);
      }
    } catch (IOException e) {
      // Broken, or one of a circle.
    }
  }

  private void add(Path path, BasicFileAttributes attributes) {
    Object inode = attributes.fileKey();
    if (path.endsWith(LOCKS_OF_A_STORE) || (inode != null && inodes.contains(inode))) {
      return;
    }
    if (candidates.size() == MAX_CANDIDATES) {
      complete = false;
      return;
    }
    candidates.add(new Candidate(path, attributes.size()));
    if (inode != null) {
      inodes.add(inode);
    }
  }

  private int rank(Candidate candidate) {
    String name = root.relativize(candidate.path()).toString().replace('\\', '/');
    int rank = 2;
    for (Artifact file : wanted.getOrDefault(candidate.sizeBytes(), List.of())) {
      if (name.contains(file.sha256().hex())) {
        return 0;
      }
      if (("/" + name).endsWith("/" + file.path())) {
        rank = 1;
      }
    }
    return rank;
  }
}
