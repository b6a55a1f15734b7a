package io.edgellm.transfer.oci;

import io.edgellm.model.ModelException;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.Sha256;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a file of a repository of releases stands in a registry.
 *
 * <pre>
 * blobs/sha256/&lt;hex&gt;                               the blob, in the repository of some line
 * models/&lt;line&gt;/index.json                         repository &lt;line&gt;, tag index
 * models/&lt;line&gt;/&lt;version&gt;/&lt;file&gt;                    repository &lt;line&gt;, tag &lt;version&gt; with _ for +
 * targets/models/&lt;line&gt;/…/&lt;sha256&gt;.&lt;file&gt;           the blob, in repository &lt;line&gt;
 * metadata/&lt;file&gt;                                  repository tuf, tag &lt;file&gt;
 * </pre>
 */
sealed interface OciPlace {
  /** The name of a target in a repository with consistent snapshots. */
  Pattern HASHED = Pattern.compile("([0-9a-f]{64})\\..+");

  /** The repository of the update metadata; no line can have its name. */
  String METADATA_REPOSITORY = "tuf";

  /** The tag of a line's list of versions; no version can have its name. */
  String INDEX_TAG = "index";

  /**
   * A layer of a tagged artifact.
   *
   * @param repository without the namespace
   * @param tag of the artifact
   * @param file its path in the artifact
   */
  record Layer(String repository, String tag, String file) implements OciPlace {}

  /**
   * A blob.
   *
   * @param repository without the namespace
   * @param digest its name
   */
  record Blob(String repository, Sha256 digest) implements OciPlace {}

  /**
   * A blob of whatever repository has it.
   *
   * @param digest its name
   */
  record Anywhere(Sha256 digest) implements OciPlace {}

  /**
   * Finds the place of a file.
   *
   * @param path without escapes, checked
   * @return nothing for what no publisher can have put into a registry
   */
  static Optional<OciPlace> of(String path) {
    List<String> names = List.of(path.split("/", -1));
    String file = names.get(names.size() - 1);
    try {
      return switch (names.get(0)) {
        case "blobs" -> blob(names, file);
        case "models" -> paper(names, file);
        case "targets" -> target(names, file);
        case "metadata" ->
            Optional.of(path.substring("metadata/".length()))
                .map(name -> new Layer(METADATA_REPOSITORY, OciTag.of(name), name));
        default -> Optional.empty();
      };
    } catch (ModelException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  private static Optional<OciPlace> blob(List<String> names, String file) {
    return names.size() == 3 && names.get(1).equals("sha256")
        ? Optional.of(new Anywhere(new Sha256(file)))
        : Optional.empty();
  }

  private static Optional<OciPlace> paper(List<String> names, String file) {
    if (names.size() == 3 && file.equals("index.json")) {
      return line(names.get(1)).map(line -> new Layer(line, INDEX_TAG, file));
    }
    return names.size() == 4
        ? line(names.get(1))
            .map(line -> new Layer(line, OciTag.of(ModelVersion.parse(names.get(2))), file))
        : Optional.empty();
  }

  private static Optional<OciPlace> target(List<String> names, String file) {
    Matcher hashed = HASHED.matcher(file);
    return names.size() > 3 && names.get(1).equals("models") && hashed.matches()
        ? line(names.get(2)).map(line -> new Blob(line, new Sha256(hashed.group(1))))
        : Optional.empty();
  }

  /** Names of lines are a little freer than names of repositories. */
  static Optional<String> line(String name) {
    String line = new ModelId(name).value();
    return OciRegistry.isName(line) && !line.equals(METADATA_REPOSITORY)
        ? Optional.of(line)
        : Optional.empty();
  }
}
