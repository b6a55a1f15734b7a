package io.edgellm.store;

import io.edgellm.model.ModelException;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where everything stands in a store.
 *
 * <pre>
 * .edgellm/format                       which layout this is
 * .edgellm/locks                        see ProcessLocks; never opened by anything else
 * .edgellm/blobs/sha256-HEX             a file of some release, complete and hashed
 * .edgellm/partial/sha256-HEX.part      one that is being fetched
 * .edgellm/staging/TX/                  a version that is being put together
 * .edgellm/trash/TX/                    one that is being deleted
 * .edgellm/quarantine/TX/               something damaged or foreign, with a note
 * .edgellm/keeps/sha256-HEX             which files a release to come needs; HEX is of its manifest
 * .edgellm/promises/sha256-HEX          what a download under way may still take
 * MODEL/VERSION/                        an installed version: links to blobs, manifest, signature, receipt
 * MODEL/state.json, MODEL/state.bak     what is active, twice
 * MODEL/current                         a link for people, derived from the state
 * </pre>
 *
 * <p>Names of models begin with a letter or digit and versions with a digit, so that neither meets
 * a name of the store's own.
 */
record StoreLayout(Path root) {
  static final String FORMAT = "edgellm-store/1\n";
  private static final String DIGEST_PREFIX = "sha256-";
  private static final String PART_SUFFIX = ".part";
  private static final String TEMPORARY_SUFFIX = ".tmp";

  Path control() {
    return root.resolve(".edgellm");
  }

  /** Returns the directories that every store has. */
  List<Path> controlDirectories() {
    return List.of(control(), blobs(), partials(), staging(), trash(), keeps());
  }

  /** Returns the directories that are made when they are needed. */
  List<Path> laterDirectories() {
    return List.of(quarantine(), promises());
  }

  Path format() {
    return control().resolve("format");
  }

  Path locks() {
    return control().resolve("locks");
  }

  Path blobs() {
    return control().resolve("blobs");
  }

  Path blob(Sha256 digest) {
    return blobs().resolve(DIGEST_PREFIX + digest);
  }

  Path partials() {
    return control().resolve("partial");
  }

  Path partial(Sha256 digest) {
    return partials().resolve(DIGEST_PREFIX + digest + PART_SUFFIX);
  }

  Path staging() {
    return control().resolve("staging");
  }

  Path trash() {
    return control().resolve("trash");
  }

  Path quarantine() {
    return control().resolve("quarantine");
  }

  Path promises() {
    return control().resolve("promises");
  }

  Path keeps() {
    return control().resolve("keeps");
  }

  /** Returns the file that keeps what a release needs until it is installed. */
  Path keep(ReleaseManifest manifest) {
    return keeps().resolve(DIGEST_PREFIX + Sha256.of(manifest.toJson()));
  }

  /** Returns whether a crash may have left this beside a keep. */
  static boolean isTemporaryKeep(Path path) {
    String name = String.valueOf(path.getFileName());
    return name.endsWith(TEMPORARY_SUFFIX)
        && digest(path.resolveSibling(name.substring(0, name.length() - TEMPORARY_SUFFIX.length())))
            .isPresent();
  }

  /** Returns what counts for a quota: promises and keeps are no content. */
  Path[] counted() throws IOException {
    List<Path> counted = new ArrayList<>(FileTree.children(control()));
    counted.removeAll(List.of(promises(), keeps()));
    counted.addAll(FileTree.children(root));
    counted.remove(control());
    return counted.toArray(Path[]::new);
  }

  Path promise(Sha256 digest) {
    return promises().resolve(DIGEST_PREFIX + digest);
  }

  /** Returns the digest that a blob's or promise's name stands for; empty for other names. */
  static Optional<Sha256> digest(Path named) {
    String name = String.valueOf(named.getFileName());
    try {
      return name.startsWith(DIGEST_PREFIX)
          ? Optional.of(new Sha256(name.substring(DIGEST_PREFIX.length())))
          : Optional.empty();
    } catch (ModelException e) {
      return Optional.empty();
    }
  }

  /** Returns a path of the store as people read it: relative to its root, with slashes. */
  String relative(Path path) {
    return root.relativize(path).toString().replace(File.separatorChar, '/');
  }

  Path model(ModelId model) {
    return root.resolve(model.value());
  }

  Path version(ModelId model, ModelVersion version) {
    return model(model).resolve(version.toString());
  }

  Path state(ModelId model) {
    return model(model).resolve("state.json");
  }

  Path stateCopy(ModelId model) {
    return model(model).resolve("state.bak");
  }

  Path current(ModelId model) {
    return model(model).resolve("current");
  }

  static String storeLock() {
    return "store";
  }

  static String leaseLock(ModelId model, ModelVersion version) {
    return "lease/" + model + "/" + version;
  }

  static String promiseLock(Sha256 digest) {
    return "promise/" + digest;
  }

  static String quotaLock() {
    return "quota";
  }

  static String blobLock(Sha256 digest) {
    return "blob/" + digest;
  }

  /** Returns the digest that the name of an unfinished download stands for. */
  static Optional<Sha256> partialDigest(Path path) {
    String name = String.valueOf(path.getFileName());
    return name.endsWith(PART_SUFFIX)
        ? digest(path.resolveSibling(name.substring(0, name.length() - PART_SUFFIX.length())))
        : Optional.empty();
  }

  /** The lock of a file in the directory of unfinished downloads. */
  static String partialLock(Path part) {
    String name = String.valueOf(part.getFileName());
    return name.startsWith(DIGEST_PREFIX) && name.endsWith(PART_SUFFIX)
        ? "blob/" + name.substring(DIGEST_PREFIX.length(), name.length() - PART_SUFFIX.length())
        : "foreign/" + name;
  }

  static String stagingLock(Path staging) {
    return "staging/" + staging.getFileName();
  }
}
