package io.edgellm.internal.io;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Set;

/**
 * The disk of this machine until operation number n, which fails: once, as a bad sector does, or
 * for good, as a power cut does. Forcing costs no time here: the machine stays up.
 */
public final class FaultyDisk implements Disk {
  /** On which side of the operation it fails. */
  public enum When {
    /** Nothing of it is done. */
    BEFORE,
    /** All of it is done, but nobody learns of it. */
    AFTER
  }

  /** The program ends here; no handler of ours may run on. */
  public static final class PowerCut extends Error {
    private static final long serialVersionUID = 1L;

    PowerCut(int operation) {
      super("power cut at operation " + operation);
    }
  }

  private interface Operation {
    void run() throws IOException;
  }

  private final Disk disk = Disk.local();
  private final int failAt;
  private final When when;
  private final boolean forGood;
  private final Set<Kind> refused;
  private boolean readOnly;
  private int operations;

  /** What a file system may not have, or not allow. */
  public enum Kind {
    /** A second name for a file. */
    HARD_LINK,
    /** A name that points to another. */
    SYMBOLIC_LINK
  }

  private FaultyDisk(int failAt, When when, boolean forGood, Set<Kind> refused) {
    this.failAt = failAt;
    this.when = when;
    this.forGood = forGood;
    this.refused = refused;
  }

  /** A disk that refuses some operations always, and fails at none. */
  public static FaultyDisk without(Kind... kinds) {
    return new FaultyDisk(Integer.MAX_VALUE, When.BEFORE, false, Set.of(kinds));
  }

  /** Takes no change from now on, as a file system does after the kernel found a fault in it. */
  public synchronized void becomeReadOnly() {
    readOnly = true;
  }

  private void requireKnown(Kind kind, Path path) throws IOException {
    if (refused.contains(kind)) {
      throw new FileSystemException(path.toString(), null, "Operation not permitted");
    }
  }

  /** Throws an {@link IOException} at operation n, counted from 1, and works on. */
  public static FaultyDisk failing(int n, When when) {
    return new FaultyDisk(n, when, false, Set.of());
  }

  /**
   * Throws {@link PowerCut} at operation n, counted from 1, and at each one after it; refuses some
   * always.
   */
  public static FaultyDisk cutAt(int n, When when, Kind... refused) {
    return new FaultyDisk(n, when, true, Set.of(refused));
  }

  /** Counts only. */
  public static FaultyDisk counting() {
    return without();
  }

  /** Returns how many operations were asked for. */
  public synchronized int operations() {
    return operations;
  }

  private synchronized void at(Operation operation) throws IOException {
    operations++;
    if (readOnly) {
      throw new FileSystemException("the store", null, "Read-only file system");
    }
    if (forGood && operations > failAt) {
      throw new PowerCut(operations);
    }
    if (operations == failAt && when == When.BEFORE) {
      fail();
    }
    operation.run();
    if (operations == failAt && when == When.AFTER) {
      fail();
    }
  }

  private void fail() throws IOException {
    if (forGood) {
      throw new PowerCut(operations);
    }
    throw new IOException("fault at operation " + operations + " (No space left on device)");
  }

  @Override
  public void createDirectory(Path directory) throws IOException {
    at(() -> disk.createDirectory(directory));
  }

  @Override
  public void write(Path file, byte[] bytes) throws IOException {
    at(() -> disk.write(file, bytes));
  }

  @Override
  public void force(Path file) throws IOException {
    at(() -> {});
  }

  @Override
  public void forceDirectory(Path directory) throws IOException {
    at(() -> {});
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    at(() -> disk.move(from, to));
  }

  @Override
  public void link(Path link, Path existing) throws IOException {
    requireKnown(Kind.HARD_LINK, link);
    at(() -> disk.link(link, existing));
  }

  @Override
  public void copy(Path from, Path to) throws IOException {
    at(() -> disk.copy(from, to));
  }

  @Override
  public void symbolicLink(Path link, Path target) throws IOException {
    requireKnown(Kind.SYMBOLIC_LINK, link);
    at(() -> disk.symbolicLink(link, target));
  }

  @Override
  public void delete(Path path) throws IOException {
    at(() -> disk.delete(path));
  }

  @Override
  public void makeReadOnly(Path file) throws IOException {
    at(() -> disk.makeReadOnly(file));
  }

  @Override
  public long usableBytes(Path directory) throws IOException {
    return disk.usableBytes(directory);
  }
}
