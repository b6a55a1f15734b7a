package io.edgellm.internal.io;

import java.io.IOException;
import java.nio.file.Path;

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
  private int operations;

  private FaultyDisk(int failAt, When when, boolean forGood) {
    this.failAt = failAt;
    this.when = when;
    this.forGood = forGood;
  }

  /** Throws an {@link IOException} at operation n, counted from 1, and works on. */
  public static FaultyDisk failing(int n, When when) {
    return new FaultyDisk(n, when, false);
  }

  /** Throws {@link PowerCut} at operation n, counted from 1, and at each one after it. */
  public static FaultyDisk cutAt(int n, When when) {
    return new FaultyDisk(n, when, true);
  }

  /** Counts only. */
  public static FaultyDisk counting() {
    return new FaultyDisk(Integer.MAX_VALUE, When.BEFORE, false);
  }

  /** Returns how many operations were asked for. */
  public synchronized int operations() {
    return operations;
  }

  private synchronized void at(Operation operation) throws IOException {
    operations++;
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
    at(() -> disk.link(link, existing));
  }

  @Override
  public void copy(Path from, Path to) throws IOException {
    at(() -> disk.copy(from, to));
  }

  @Override
  public void symbolicLink(Path link, Path target) throws IOException {
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
