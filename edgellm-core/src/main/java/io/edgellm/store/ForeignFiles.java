package io.edgellm.store;

import io.edgellm.internal.io.DurableFile;
import io.edgellm.model.Artifact;
import io.edgellm.model.ModelException;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What stands in a store and is not of it. Where the store wants to write or read under that name,
 * or a verifier would stumble over it, it does harm; elsewhere it may stay.
 */
final class ForeignFiles {
  private final StoreLayout layout;

  ForeignFiles(StoreLayout layout) {
    this.layout = layout;
  }

  /** Returns what is in the directory of a version beside its files; not what is in that. */
  List<Path> inVersion(Path directory, ReleaseManifest manifest) throws IOException {
    Set<Path> expected = new HashSet<>();
    Papers.NAMES.forEach(name -> expected.add(directory.resolve(name)));
    for (Artifact file : manifest.files()) {
      Path path = directory.resolve(file.path());
      for (Path p = path; p != null && !p.equals(directory); p = p.getParent()) {
        expected.add(p);
      }
    }
    List<Path> foreign = new ArrayList<>();
    addUnexpected(directory, expected, foreign);
    return foreign;
  }

  private static void addUnexpected(Path directory, Set<Path> expected, List<Path> foreign)
      throws IOException {
    for (Path child : FileTree.children(directory)) {
      if (!expected.contains(child)) {
        foreign.add(child);
      } else if (PlainFile.isDirectory(child)) {
        addUnexpected(child, expected, foreign);
      }
    }
  }

  /** Returns what is in the way of a model's versions and of its state. */
  List<Path> inTheWayOf(ModelId model) throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path child : FileTree.children(layout.model(model))) {
      if (isVersion(child) && PlainFile.isOtherThanDirectory(child)) {
        found.add(child);
      }
    }
    for (Path file : stateFiles(model)) {
      Path temporary = DurableFile.temporaryFor(file);
      if (PlainFile.attributes(temporary).filter(t -> !t.isRegularFile()).isPresent()) {
        found.add(temporary);
      }
    }
    return found;
  }

  private List<Path> stateFiles(ModelId model) {
    return List.of(layout.state(model), layout.stateCopy(model));
  }

  /** Returns what is among the complete, unfinished and kept files and is none of these. */
  List<Path> amongBlobs() throws IOException {
    List<Path> found = except(layout.blobs(), b -> StoreLayout.digest(b).isPresent());
    found.addAll(
        except(
            layout.partials(),
            p -> StoreLayout.partialDigest(p).isPresent() && PlainFile.isFile(p)));
    found.addAll(except(layout.keeps(), k -> isKeep(k) && PlainFile.isFile(k)));
    return found;
  }

  /** Returns what may stay. */
  List<Path> harmless() throws IOException {
    List<Path> found = except(layout.root(), p -> p.equals(layout.control()) || isModel(p));
    Set<Path> control = new HashSet<>(layout.controlDirectories());
    control.addAll(layout.laterDirectories());
    control.addAll(List.of(layout.format(), layout.locks()));
    control.add(DurableFile.temporaryFor(layout.format()));
    found.addAll(except(layout.control(), control::contains));
    return found;
  }

  /** Returns what may stay beside the versions of a model. */
  List<Path> harmlessIn(ModelId model) throws IOException {
    Set<Path> own = new HashSet<>(stateFiles(model));
    stateFiles(model).forEach(file -> own.add(DurableFile.temporaryFor(file)));
    own.add(layout.current(model));
    own.add(DurableFile.temporaryFor(layout.current(model)));
    return except(layout.model(model), p -> own.contains(p) || isVersion(p));
  }

  private static List<Path> except(Path directory, Predicate<Path> own) throws IOException {
    List<Path> found = new ArrayList<>(FileTree.children(directory));
    found.removeIf(own);
    return found;
  }

  private static boolean isKeep(Path path) {
    return StoreLayout.digest(path).isPresent() || StoreLayout.isTemporaryKeep(path);
  }

  private static boolean isModel(Path path) {
    return PlainFile.isDirectory(path) && named(path, ModelId::new).isPresent();
  }

  private static boolean isVersion(Path path) {
    return named(path, ModelVersion::parse).isPresent();
  }

  private static <T> Optional<T> named(Path path, Function<String, T> name) {
    try {
      return Optional.of(name.apply(String.valueOf(path.getFileName())));
    } catch (ModelException e) {
      return Optional.empty();
    }
  }
}
