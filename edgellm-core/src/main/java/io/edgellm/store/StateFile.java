package io.edgellm.store;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.DurableFile;
import io.edgellm.model.ModelId;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The durable record of one model's state, and a copy of it.
 *
 * <p>A crash cannot damage the record, since it is replaced by a rename. The copy is there for what
 * a crash does not explain: a bad sector, a person with an editor. It has the same generation as
 * the record, or, after a crash between the two writes, the one before.
 *
 * <p>Writers hold the store lock. Readers need none.
 */
final class StateFile {
  private static final Logger log = LoggerFactory.getLogger(StateFile.class);

  private static final int MAX_BYTES = 1 << 20;

  private final StoreLayout layout;
  private final Disk disk;

  StateFile(StoreLayout layout, Disk disk) {
    this.layout = layout;
    this.disk = disk;
  }

  /** A record or copy that is not as it should be. */
  record Fault(Path file, StoreFinding.Kind kind) {}

  /**
   * Reads the state, from the copy if need be.
   *
   * @throws StoreException with {@code CORRUPT_STATE} if neither can be read
   */
  ModelState read(ModelId model) throws IOException {
    Path file = layout.state(model);
    Path copy = layout.stateCopy(model);
    if (PlainFile.isOtherThanDirectory(layout.model(model))) {
      throw notADirectory(model);
    }
    Optional<ModelState> state = readOne(model, file);
    if (state.isEmpty()) {
      state = readOne(model, copy);
    }
    if (state.isEmpty() && !PlainFile.isThere(file) && !PlainFile.isThere(copy)) {
      return ModelState.none(model);
    }
    if (state.isEmpty()) {
      // The first record of a model may have come since it was looked for.
      state = readOne(model, file);
    }
    if (state.isPresent()) {
      return state.get();
    }
    throw new StoreException(
        StoreException.Reason.CORRUPT_STATE,
        "What is active of '"
            + model
            + "' cannot be read: "
            + file
            + " and its copy are damaged. Its installed versions are kept and other models are not"
            + " affected. Delete both files, then activate an installed version again.",
        model.value());
  }

  private StoreException notADirectory(ModelId model) {
    return new StoreException(
        StoreException.Reason.CORRUPT_STATE,
        "'"
            + layout.model(model)
            + "' is not a directory, so that nothing is known of '"
            + model
            + "'. Other models are not affected. Move it away, and install the model again.",
        model.value());
  }

  /** Returns which of record and copy are damaged, none for a model that never had a state. */
  List<Fault> faults(ModelId model) throws IOException {
    List<Path> both = List.of(layout.state(model), layout.stateCopy(model));
    List<Fault> faults = new ArrayList<>();
    if (both.stream().anyMatch(PlainFile::isThere)) {
      for (Path file : both) {
        fault(model, file).ifPresent(kind -> faults.add(new Fault(file, kind)));
      }
    }
    return faults;
  }

  private static Optional<StoreFinding.Kind> fault(ModelId model, Path file) throws IOException {
    if (readOne(model, file).isPresent()) {
      return Optional.empty();
    }
    Optional<BasicFileAttributes> found = PlainFile.attributes(file);
    if (found.isEmpty()) {
      return Optional.of(StoreFinding.Kind.MISSING);
    }
    if (found.get().isRegularFile()) {
      return Optional.of(StoreFinding.Kind.BAD_STATE);
    }
    return Optional.of(
        found.get().isSymbolicLink() ? StoreFinding.Kind.LINK : StoreFinding.Kind.NOT_A_FILE);
  }

  private static Optional<ModelState> readOne(ModelId model, Path file)
      throws ClosedByInterruptException {
    try {
      return StateCodec.read(model, PlainFile.read(file, MAX_BYTES));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      log.debug("cannot read {}", file, e);
      return Optional.empty();
    }
  }

  /** Replaces the record; it is durable when this returns. */
  void write(ModelState state) throws IOException {
    byte[] bytes = StateCodec.write(state);
    DurableFile.write(disk, layout.state(state.model()), bytes);
    try {
      DurableFile.write(disk, layout.stateCopy(state.model()), bytes);
    } catch (IOException e) {
      // The record itself is durable, which is what the caller was promised.
      log.debug("cannot write {}", layout.stateCopy(state.model()), e);
    }
  }

  /**
   * Makes record and copy the same again, and removes what a crash left of a write. A damaged one
   * is kept in quarantine.
   *
   * @return whether anything had to be written
   */
  boolean repair(ModelState state, Quarantine quarantine) throws IOException {
    disk.delete(DurableFile.temporaryFor(layout.state(state.model())));
    disk.delete(DurableFile.temporaryFor(layout.stateCopy(state.model())));
    if (state.generation() == 0
        || (holds(layout.state(state.model()), state)
            && holds(layout.stateCopy(state.model()), state))) {
      return false;
    }
    for (Fault fault : faults(state.model())) {
      if (fault.kind() == StoreFinding.Kind.BAD_STATE) {
        quarantine.keep(fault.file(), fault.kind());
      } else if (fault.kind() != StoreFinding.Kind.MISSING) {
        quarantine.take(fault.file(), fault.kind());
      }
    }
    write(state);
    return true;
  }

  private static boolean holds(Path file, ModelState state) throws ClosedByInterruptException {
    return readOne(state.model(), file).filter(state::equals).isPresent();
  }
}
