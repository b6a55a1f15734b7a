package io.edgellm.store;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.DurableFile;
import io.edgellm.model.ModelId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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

  private final StoreLayout layout;
  private final Disk disk;

  StateFile(StoreLayout layout, Disk disk) {
    this.layout = layout;
    this.disk = disk;
  }

  /**
   * Reads the state, from the copy if need be.
   *
   * @throws StoreException with {@code CORRUPT_STATE} if neither can be read
   */
  ModelState read(ModelId model) throws IOException {
    Path file = layout.state(model);
    Path copy = layout.stateCopy(model);
    Optional<ModelState> state = readOne(model, file).or(() -> readOne(model, copy));
    if (state.isEmpty() && !Files.exists(file) && !Files.exists(copy)) {
      return ModelState.none(model);
    }
    // The first record of a model may have come since it was looked for.
    state = state.or(() -> readOne(model, file));
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

  private static Optional<ModelState> readOne(ModelId model, Path file) {
    try {
      return StateCodec.read(model, Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
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

  /** Makes record and copy the same again, and removes what a crash left of a write. */
  boolean repair(ModelState state) throws IOException {
    disk.delete(DurableFile.temporaryFor(layout.state(state.model())));
    disk.delete(DurableFile.temporaryFor(layout.stateCopy(state.model())));
    if (state.generation() == 0
        || (holds(layout.state(state.model()), state)
            && holds(layout.stateCopy(state.model()), state))) {
      return false;
    }
    write(state);
    return true;
  }

  private static boolean holds(Path file, ModelState state) {
    return readOne(state.model(), file).filter(state::equals).isPresent();
  }
}
