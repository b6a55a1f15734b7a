package io.edgellm.internal.io.crash;

import java.util.Arrays;

/** The bytes of a file. They are compared very often, so that the hash is kept. */
public final class FileContent {
  /** No bytes. */
  public static final FileContent EMPTY = new FileContent(new byte[0]);

  private final byte[] bytes;
  private final int hash;

  private FileContent(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  /** Returns a content of the given bytes. */
  public static FileContent of(byte[] bytes) {
    return new FileContent(bytes.clone());
  }

  /** Returns a copy of the bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  int size() {
    return bytes.length;
  }

  /**
   * Returns this content with some bytes of another one; a hole before them is filled with zeros.
   */
  FileContent with(FileContent other, int from, int to) {
    byte[] mixed = Arrays.copyOf(bytes, Math.max(bytes.length, to));
    System.arraycopy(other.bytes, from, mixed, from, to - from);
    return new FileContent(mixed);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FileContent that
        && hash == that.hash
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return bytes.length + " bytes";
  }
}
