package io.edgellm.store;

import io.edgellm.model.ModelException;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.trust.TrustException;
import io.edgellm.trust.VerificationReceipt;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads what is installed. A version that cannot be read stands in nobody else's way. */
final class InstalledVersions {
  private final StoreLayout layout;

  InstalledVersions(StoreLayout layout) {
    this.layout = layout;
  }

  /** Returns every model line that has a directory, sorted. */
  List<ModelId> models() throws IOException {
    return directoriesNamed(layout.root(), ModelId::new);
  }

  /** Returns every version that has a directory, readable or not, sorted. */
  List<ModelVersion> versions(ModelId model) throws IOException {
    return directoriesNamed(layout.model(model), ModelVersion::parse);
  }

  private static <T extends Comparable<T>> List<T> directoriesNamed(
      Path parent, Function<String, T> name) throws IOException {
    TreeSet<T> found = new TreeSet<>();
    for (Path child : FileTree.children(parent)) {
      if (PlainFile.isDirectory(child)) {
        addIfNamed(child, name, found);
      }
    }
    return new ArrayList<>(found);
  }

  private static <T> void addIfNamed(Path child, Function<String, T> name, Set<T> found) {
    try {
      found.add(name.apply(String.valueOf(child.getFileName())));
    } catch (ModelException e) {
      // Somebody else's directory.
    }
  }

  /** Returns every version of a model that can be read, in the order of versions. */
  List<StoredModel> readable(ModelId model) throws IOException {
    List<StoredModel> found = new ArrayList<>();
    for (ModelVersion version : versions(model)) {
      try {
        found.add(require(model, version));
      } catch (StoreException e) {
        if (e.reason() != StoreException.Reason.CORRUPT
            && e.reason() != StoreException.Reason.NOT_INSTALLED) {
          throw e;
        }
      }
    }
    return found;
  }

  boolean isInstalled(ModelId model, ModelVersion version) {
    return PlainFile.isDirectory(layout.model(model))
        && PlainFile.isDirectory(layout.version(model, version));
  }

  /** Reads a version, if it is installed. */
  Optional<StoredModel> find(ModelId model, ModelVersion version) throws IOException {
    try {
      return Optional.of(require(model, version));
    } catch (StoreException e) {
      if (e.reason() == StoreException.Reason.NOT_INSTALLED) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Reads an installed version.
   *
   * @throws StoreException if it is not installed, or its manifest or receipt is damaged
   */
  StoredModel require(ModelId model, ModelVersion version) throws IOException {
    try {
      return read(model, version);
    } catch (StoreException e) {
      if (e.reason() != StoreException.Reason.CORRUPT) {
        throw e;
      }
      // Perhaps somebody threw it away while it was being read: then it is not damaged but gone.
      return read(model, version);
    }
  }

  private StoredModel read(ModelId model, ModelVersion version) throws IOException {
    if (!isInstalled(model, version)) {
      throw notInstalled(model, version);
    }
    Path directory = layout.version(model, version);
    ReleaseManifest manifest = readManifest(directory, model, version);
    return new StoredModel(directory, manifest, readReceipt(directory, model, version));
  }

  static StoreException notInstalled(ModelId model, ModelVersion version) {
    return new StoreException(
        StoreException.Reason.NOT_INSTALLED,
        "'" + model + " " + version + "' is not in the store: install it first.",
        model + "/" + version);
  }

  private static ReleaseManifest readManifest(Path directory, ModelId model, ModelVersion version)
      throws IOException {
    try {
      ReleaseManifest manifest = Papers.manifest(directory);
      if (!manifest.model().equals(model) || !manifest.version().equals(version)) {
        throw damaged(model, version, "its manifest speaks of " + manifest.title(), null);
      }
      return manifest;
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException | ModelException e) {
      throw damaged(model, version, "its manifest cannot be read", e);
    }
  }

  private static VerificationReceipt readReceipt(
      Path directory, ModelId model, ModelVersion version) throws IOException {
    try {
      return Papers.receipt(directory);
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException | TrustException e) {
      throw damaged(model, version, "its receipt cannot be read", e);
    }
  }

  private static StoreException damaged(
      ModelId model, ModelVersion version, String what, @Nullable Exception cause) {
    return new StoreException(
        StoreException.Reason.CORRUPT,
        "'"
            + model
            + " "
            + version
            + "' is damaged on the disk ("
            + what
            + "): repair it, or roll back if it is active, remove it, and install it again.",
        model + "/" + version,
        cause);
  }
}
