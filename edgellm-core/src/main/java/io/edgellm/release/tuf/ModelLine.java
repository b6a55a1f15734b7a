package io.edgellm.release.tuf;

import io.edgellm.model.ModelException;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import java.util.List;
import java.util.Optional;

/** The names under which a model line appears in a repository. */
final class ModelLine {
  private static final String ROLE_PREFIX = "models-";

  private ModelLine() {}

  static String role(ModelId line) {
    return ROLE_PREFIX + line.value();
  }

  /** Returns the line of a role, unless it is a role of another kind. */
  static Optional<ModelId> ofRole(String role) {
    try {
      return role.startsWith(ROLE_PREFIX)
          ? Optional.of(new ModelId(role.substring(ROLE_PREFIX.length())))
          : Optional.empty();
    } catch (ModelException e) {
      return Optional.empty();
    }
  }

  static String path(ModelId line) {
    return "models/" + line.value() + "/";
  }

  static String indexPath(ModelId line) {
    return path(line) + "index.json";
  }

  static String path(ModelId line, ModelVersion version) {
    return path(line) + version + "/";
  }

  /** What its role may speak for: a star does not reach over a slash. */
  static List<String> patterns(ModelId line) {
    return List.of(path(line) + "*", path(line) + "*/*");
  }

  /** Where the repository keeps a target: with its hash in the name. */
  static String repositoryPath(String path, String sha256) {
    int name = path.lastIndexOf('/') + 1;
    return path.substring(0, name) + sha256 + "." + path.substring(name);
  }

  /** Returns the target of such a place. */
  static String targetPath(String repositoryPath) {
    int name = repositoryPath.lastIndexOf('/') + 1;
    int hash = repositoryPath.indexOf('.', name) + 1;
    return repositoryPath.substring(0, name) + repositoryPath.substring(hash);
  }
}
