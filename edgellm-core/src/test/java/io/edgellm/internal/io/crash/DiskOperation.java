package io.edgellm.internal.io.crash;

/** What a program did to a disk, or noted while it did. Paths are relative, with slashes. */
public sealed interface DiskOperation {
  /** A new, empty directory. */
  record DirectoryMade(String path) implements DiskOperation {}

  /** A file that was created or replaced. */
  record Written(String path, FileContent content) implements DiskOperation {}

  /** A file whose bytes were waited for. */
  record Forced(String path) implements DiskOperation {}

  /** A directory whose names were waited for. */
  record DirectoryForced(String path) implements DiskOperation {}

  /** A rename. */
  record Moved(String from, String to) implements DiskOperation {}

  /** A second name of a file. */
  record Linked(String link, String existing) implements DiskOperation {}

  /** A symbolic link. */
  record LinkedSymbolically(String link, String target) implements DiskOperation {}

  /** A file, link or directory that is gone. */
  record Deleted(String path) implements DiskOperation {}

  /** The program was told that its step with this number, from 0, is done. */
  record Acknowledged(int step) implements DiskOperation {}
}
