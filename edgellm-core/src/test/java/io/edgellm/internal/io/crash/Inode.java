package io.edgellm.internal.io.crash;

/** What names point to. It exists apart from its names, which may be lost or come twice. */
sealed interface Inode {
  /** A directory; its names are kept by the image. */
  record Directory(int number) implements Inode {}

  /** A file; its bytes are kept by the image. */
  record File(int number) implements Inode {}

  /** A symbolic link. What it points to is stored in one piece with it. */
  record Link(int number, String target) implements Inode {}
}
