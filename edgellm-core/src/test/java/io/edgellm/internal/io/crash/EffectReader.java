package io.edgellm.internal.io.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Takes the operations of a log apart into what may reach the medium on its own. */
final class EffectReader {
  private final PersistenceModel model;
  private final DiskImage live = new DiskImage();
  private int inodes;

  /** Begins with a disk on which everything is durable. */
  EffectReader(PersistenceModel model, DiskTree before) {
    this.model = model;
    for (Map.Entry<String, DiskTree.Node> entry : before.nodes().entrySet()) {
      Inode inode = add(entry.getValue());
      live.set(live.resolve(entry.getKey()), inode);
    }
  }

  private Inode add(DiskTree.Node node) {
    if (node instanceof DiskTree.Document document) {
      Inode.File file = new Inode.File(++inodes);
      live.setContent(file, document.content());
      return file;
    }
    return node instanceof DiskTree.Pointer pointer
        ? new Inode.Link(++inodes, pointer.target())
        : new Inode.Directory(++inodes);
  }

  /** Returns what running programs see now. */
  DiskImage live() {
    return live;
  }

  /** Returns the effects of the next operation, none if it changes nothing. */
  List<DiskEffect> next(DiskOperation operation) {
    List<DiskEffect> effects = effects(operation);
    effects.forEach(e -> e.apply(live));
    return effects;
  }

  private List<DiskEffect> effects(DiskOperation operation) {
    if (operation instanceof DiskOperation.DirectoryMade made) {
      return List.of(named(made.path(), new Inode.Directory(++inodes)));
    }
    if (operation instanceof DiskOperation.Written written) {
      return write(written);
    }
    if (operation instanceof DiskOperation.Linked linked) {
      return List.of(named(linked.link(), live.inode(linked.existing())));
    }
    if (operation instanceof DiskOperation.LinkedSymbolically linked) {
      return List.of(named(linked.link(), new Inode.Link(++inodes, linked.target())));
    }
    if (operation instanceof DiskOperation.Deleted deleted) {
      return List.of(new DiskEffect.NameRemoved(live.resolve(deleted.path())));
    }
    if (operation instanceof DiskOperation.Moved moved) {
      DiskEffect.NameSet appears = named(moved.to(), live.inode(moved.from()));
      DiskEffect.NameRemoved goes = new DiskEffect.NameRemoved(live.resolve(moved.from()));
      return model.rename(new DiskEffect.Renamed(appears, goes));
    }
    return List.of();
  }

  private DiskEffect.NameSet named(String path, Inode inode) {
    return new DiskEffect.NameSet(live.resolve(path), inode);
  }

  /**
   * The two halves of the bytes go separately: nothing, a prefix, a hole before the end, or all.
   */
  private List<DiskEffect> write(DiskOperation.Written written) {
    List<DiskEffect> effects = new ArrayList<>();
    DiskImage.Name name = live.resolve(written.path());
    Inode.File file;
    if (live.get(name) instanceof Inode.File existing) {
      file = existing;
      effects.add(new DiskEffect.Emptied(file));
    } else {
      file = new Inode.File(++inodes);
      effects.add(new DiskEffect.NameSet(name, file));
    }
    int size = written.content().size();
    effects.add(new DiskEffect.Bytes(file, written.content(), 0, size / 2));
    effects.add(new DiskEffect.Bytes(file, written.content(), size / 2, size));
    return effects;
  }
}
