package io.edgellm.inference.surgery;

import io.edgellm.internal.io.Disk;
import java.io.IOException;
import java.nio.file.Path;

/** A disk that does so many changes and none after them, as if the process had ended there. */
final class StoppingDisk implements Disk {
  private final Disk disk = Disk.local();
  private int left;
  private boolean stopped;

  StoppingDisk(int changes) {
    this.left = changes;
  }

  boolean isStopped() {
    return stopped;
  }

  private void change() throws IOException {
    if (left == 0) {
      stopped = true;
      throw new IOException("stopped");
    }
    left--;
  }

  @Override
  public void createDirectory(Path directory) throws IOException {
    change();
    disk.createDirectory(directory);
  }

  @Override
  public void write(Path file, byte[] bytes) throws IOException {
    change();
    disk.write(file, bytes);
  }

  @Override
  public void force(Path file) throws IOException {
    change();
    disk.force(file);
  }

  @Override
  public void forceDirectory(Path directory) throws IOException {
    change();
    disk.forceDirectory(directory);
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    change();
    disk.move(from, to);
  }

  @Override
  public void link(Path link, Path existing) throws IOException {
    change();
    disk.link(link, existing);
  }

  @Override
  public void copy(Path from, Path to) throws IOException {
    change();
    disk.copy(from, to);
  }

  @Override
  public void symbolicLink(Path link, Path target) throws IOException {
    change();
    disk.symbolicLink(link, target);
  }

  @Override
  public void delete(Path path) throws IOException {
    change();
    disk.delete(path);
  }

  @Override
  public void makeReadOnly(Path file) throws IOException {
    change();
    disk.makeReadOnly(file);
  }

  @Override
  public long usableBytes(Path directory) throws IOException {
    return disk.usableBytes(directory);
  }
}
