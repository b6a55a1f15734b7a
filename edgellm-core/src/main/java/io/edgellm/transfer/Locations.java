package io.edgellm.transfer;

import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;

/** Where things stand in a source, relative to its root. */
final class Locations {
  private Locations() {}

  static String blob(Sha256 digest) {
    return "blobs/sha256/" + digest.hex();
  }

  static String index(ModelId model) {
    return "models/" + model + "/index.json";
  }

  static String manifest(ModelId model, ModelVersion version) {
    return "models/" + model + "/" + version + "/" + ReleaseManifest.FILE_NAME;
  }

  static String signature(ModelId model, ModelVersion version) {
    return "models/" + model + "/" + version + "/" + ReleaseManifest.SIGNATURE_FILE_NAME;
  }
}
