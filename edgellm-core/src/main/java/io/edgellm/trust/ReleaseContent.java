package io.edgellm.trust;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.model.Artifact;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import io.edgellm.trust.oms.HashedFile;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whether the files of a release are those of its manifest, and whether they are only what a model
 * consists of.
 */
final class ReleaseContent {
  private static final String GENAI_CONFIGURATION = "genai_config.json";
  private static final String CUSTOM_OPERATORS = "custom_ops_library";
  private static final int MAX_CONFIGURATION_BYTES = 4 << 20;

  private ReleaseContent() {}

  /** Requires that each file but the manifest is in the manifest, and the other way round. */
  static void requireAgreement(ReleaseManifest manifest, List<HashedFile> files) {
    Map<String, HashedFile> found = new HashMap<>();
    files.forEach(f -> found.put(f.name(), f));
    found.remove(ReleaseManifest.FILE_NAME);
    for (Artifact artifact : manifest.files()) {
      HashedFile file = found.remove(artifact.path());
      if (file == null) {
        throw new TrustException(
            TrustException.Reason.UNEXPECTED_FILES,
            "The manifest names '" + artifact.path() + "', which is not there: publish again.",
            artifact.path());
      }
      if (file.sizeBytes() != artifact.sizeBytes() || !file.sha256().equals(artifact.sha256())) {
        throw new TrustException(
            TrustException.Reason.MISMATCH,
            "'"
                + artifact.path()
                + "' was signed, but is not the file of the manifest: publish"
                + " again.",
            artifact.path());
      }
    }
    if (!found.isEmpty()) {
      String name = found.keySet().stream().sorted().findFirst().orElseThrow();
      throw new TrustException(
          TrustException.Reason.MISMATCH,
          "'" + name + "' was signed, but the manifest does not name it: publish again.",
          name);
    }
  }

  /** Refuses files that can run, by their names, except the kinds that are granted. */
  static void requireHarmless(ReleaseManifest manifest, Set<FileKind> granted) {
    for (Artifact artifact : manifest.files()) {
      Optional<FileKind> kind = FileKind.of(artifact.path());
      if (kind.isPresent() && !granted.contains(kind.get())) {
        throw new TrustException(
            TrustException.Reason.FORBIDDEN,
            "'"
                + artifact.path()
                + "' is code ("
                + kind.get().label()
                + "): a release holds models only. Ship code with the application, or grant this"
                + " kind of file in the policy.",
            artifact.path());
      }
    }
  }

  /**
   * Requires that what a configuration of onnxruntime-genai loads is part of the release: every
   * {@code filename} and {@code …_filename}, relative to it; also {@code custom_ops_library}, if
   * native code is granted.
   */
  static void requireClosedConfiguration(
      ReleaseManifest manifest, Path directory, Set<FileKind> granted) {
    for (Artifact artifact : manifest.files()) {
      String path = artifact.path();
      if (path.equals(GENAI_CONFIGURATION) || path.endsWith("/" + GENAI_CONFIGURATION)) {
        byte[] bytes = BoundedFile.read(directory.resolve(path), MAX_CONFIGURATION_BYTES);
        if (!Sha256.of(bytes).equals(artifact.sha256())) {
          throw new TrustException(
              TrustException.Reason.TAMPERED, "'" + path + "' changed while it was read.", path);
        }
        String parent = path.substring(0, path.length() - GENAI_CONFIGURATION.length());
        JsonNode configuration = parse(bytes, path);
        if (!granted.contains(FileKind.NATIVE)) {
          requireNoLibrary(configuration, path);
        }
        requireReferences(configuration, manifest, parent, path);
      }
    }
  }

  private static JsonNode parse(byte[] bytes, String path) {
    try {
      return StrictJson.parse(bytes);
    } catch (JsonFault e) {
      throw new TrustException(
          TrustException.Reason.MALFORMED,
          "'" + path + "' is not JSON at " + e.path() + ": publish a corrected release.",
          path,
          e);
    }
  }

  /** What is loaded as a library is code, whatever the name of its file says. */
  private static void requireNoLibrary(JsonNode configuration, String path) {
    if (configuration.findValue(CUSTOM_OPERATORS) != null) {
      throw new TrustException(
          TrustException.Reason.FORBIDDEN,
          "'"
              + path
              + "' asks for a library of operators, which is code: ship it with the application, or"
              + " grant native code in the policy.",
          path);
    }
  }

  private static void requireReferences(
      JsonNode node, ReleaseManifest manifest, String parent, String path) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (isReference(field.getKey())
          && manifest.file(parent + field.getValue().asText()).isEmpty()) {
        throw new TrustException(
            TrustException.Reason.FORBIDDEN,
            "'"
                + path
                + "' refers to '"
                + field.getValue().asText()
                + "', which is not a file of the release: add the file, or remove the reference.",
            path);
      }
    }
    for (JsonNode child : node) {
      requireReferences(child, manifest, parent, path);
    }
  }

  private static boolean isReference(String field) {
    return field.equals("filename")
        || field.endsWith("_filename")
        || field.equals(CUSTOM_OPERATORS);
  }
}
