package io.edgellm.internal.io.crash;

import java.util.Set;

/** Something that reaches the medium in one piece, and not before it is forced. */
sealed interface DiskEffect {
  /** Does it to what is on the medium. */
  void apply(DiskImage image);

  /** Returns the directories or the file whose force it waits for. */
  Set<Inode> touches();

  /** A name that appears, or points to something else from now on. */
  record NameSet(DiskImage.Name name, Inode inode) implements DiskEffect {
    @Override
    public void apply(DiskImage image) {
      image.set(name, inode);
    }

    @Override
    public Set<Inode> touches() {
      return Set.of(name.directory());
    }
  }

  /** A name that goes. */
  record NameRemoved(DiskImage.Name name) implements DiskEffect {
    @Override
    public void apply(DiskImage image) {
      image.remove(name);
    }

    @Override
    public Set<Inode> touches() {
      return Set.of(name.directory());
    }
  }

  /** Both halves of a rename at once. */
  record Renamed(NameSet appears, NameRemoved goes) implements DiskEffect {
    @Override
    public void apply(DiskImage image) {
      goes.apply(image);
      appears.apply(image);
    }

    @Override
    public Set<Inode> touches() {
      return appears.name().directory().equals(goes.name().directory())
          ? appears.touches()
          : Set.of(appears.name().directory(), goes.name().directory());
    }
  }

  /** The old bytes of a file that go before new ones are written. */
  record Emptied(Inode.File file) implements DiskEffect {
    @Override
    public void apply(DiskImage image) {
      image.setContent(file, FileContent.EMPTY);
    }

    @Override
    public Set<Inode> touches() {
      return Set.of(file);
    }
  }

  /** Some of the bytes that are written to a file. */
  record Bytes(Inode.File file, FileContent content, int from, int to) implements DiskEffect {
    @Override
    public void apply(DiskImage image) {
      image.setContent(file, image.content(file).with(content, from, to));
    }

    @Override
    public Set<Inode> touches() {
      return Set.of(file);
    }
  }
}
