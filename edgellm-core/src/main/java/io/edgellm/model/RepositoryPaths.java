package io.edgellm.model;

/**
 * Where things stand in a repository of releases, relative to its root, with {@code /} between the
 * parts. They are names in a protocol: a version keeps its {@code +}, and who puts them into a URL
 * encodes them.
 */
public final class RepositoryPaths {
  private RepositoryPaths() {}

  /** Returns the path of a file by its digest. */
  public static String blob(Sha256 digest) {
    return "blobs/sha256/" + digest.hex();
  }

  /** Returns the path of the list of versions of a model line. */
  public static String index(ModelId model) {
    return "models/" + model + "/index.json";
  }

  /** Returns the path of a release's manifest. */
  public static String manifest(ModelId model, ModelVersion version) {
    return release(model, version) + ReleaseManifest.FILE_NAME;
  }

  /** Returns the path of a release's signature. */
  public static String signature(ModelId model, ModelVersion version) {
    return release(model, version) + ReleaseManifest.SIGNATURE_FILE_NAME;
  }

  /** Returns the path of what is attested of a release. */
  public static String attestations(ModelId model, ModelVersion version) {
    return release(model, version) + ReleaseManifest.ATTESTATIONS_FILE_NAME;
  }

  private static String release(ModelId model, ModelVersion version) {
    return "models/" + model + "/" + version + "/";
  }
}
