package io.edgellm.transfer.oci;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.model.Sha256;
import io.edgellm.transfer.HttpAnswer;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferException.Reason;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The manifest of an artifact, as far as this library believes it: which file is which blob. After
 * the OCI image specification and the ModelPack specification, which names files by an annotation;
 * what tools for files in general write is understood too.
 */
final class OciManifest {
  static final String MEDIA_TYPE = "application/vnd.oci.image.manifest.v1+json";

  /** What a registry must take at least, by the distribution specification. */
  private static final int MAX_BYTES = 4 << 20;

  static final String FILE_PATH = "org.cncf.model.filepath";
  private static final String TITLE = "org.opencontainers.image.title";
  static final String SHA256 = "sha256:";
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
  private static final Pattern PACKED = Pattern.compile(".*(?:[.+](?:tar|gzip|zstd))");

  /** A file: the digest of its bytes, and what they are. */
  private record Layer(Sha256 digest, String mediaType, long sizeBytes) {
    boolean isPacked() {
      return PACKED.matcher(mediaType).matches();
    }
  }

  private final Map<String, Layer> layers;

  private OciManifest(Map<String, Layer> layers) {
    this.layers = layers;
  }

  /**
   * Reads an answer.
   *
   * @throws TransferException if it is an index, not a manifest, larger than 4 MiB, or not the
   *     bytes of its digest
   */
  static OciManifest read(HttpAnswer answer, String where) {
    String type = answer.header("Content-Type").orElse("").replaceFirst(";.*", "").strip();
    if (!type.equals(MEDIA_TYPE)) {
      answer.close();
      throw refused(where, "a manifest of another type than " + MEDIA_TYPE, null);
    }
    byte[] bytes = answer.document(MAX_BYTES);
    Optional<String> digest = answer.header("Docker-Content-Digest");
    if (digest.filter(d -> DIGEST.matcher(d).matches() && !isOf(bytes, d)).isPresent()) {
      throw new TransferException(
          Reason.CORRUPT, "'" + where + "' came with other bytes than those of its digest.", where);
    }
    try {
      return read(StrictJson.parse(bytes), where);
    } catch (JsonFault e) {
      throw refused(where, "a manifest that cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private static boolean isOf(byte[] bytes, String digest) {
    return digest.equals(SHA256 + Sha256.of(bytes).hex());
  }

  private static OciManifest read(JsonNode json, String where) {
    if (json.path("schemaVersion").asInt() != 2
        || !json.path("mediaType").asText(MEDIA_TYPE).equals(MEDIA_TYPE)
        || !json.path("layers").isArray()) {
      throw refused(where, "what is no image manifest", null);
    }
    Map<String, Layer> layers = new LinkedHashMap<>();
    for (JsonNode layer : json.path("layers")) {
      JsonNode annotations = layer.path("annotations");
      String path = annotations.path(FILE_PATH).asText(annotations.path(TITLE).asText(""));
      String digest = layer.path("digest").asText("");
      // What has no name or another digest is for somebody else.
      if (!path.isEmpty() && DIGEST.matcher(digest).matches()) {
        Layer file =
            new Layer(
                new Sha256(digest.substring(SHA256.length())),
                layer.path("mediaType").asText(""),
                layer.path("size").asLong());
        if (layers.putIfAbsent(path, file) != null) {
          throw refused(where, "two layers of one name", null);
        }
      }
    }
    return new OciManifest(layers);
  }

  /** Returns all files, in their order. */
  List<OciFile> files() {
    return layers.entrySet().stream()
        .map(
            e ->
                new OciFile(
                    e.getKey(),
                    e.getValue().mediaType(),
                    e.getValue().digest(),
                    e.getValue().sizeBytes()))
        .toList();
  }

  /** Returns the digests of all files. */
  Set<Sha256> digests() {
    return layers.values().stream().map(Layer::digest).collect(Collectors.toSet());
  }

  /**
   * Finds a file.
   *
   * @return its digest
   * @throws TransferException if it is not there, or packed
   */
  Sha256 require(String file, String where) {
    Layer layer = layers.get(file);
    if (layer == null) {
      throw new TransferException(
          Reason.NOT_FOUND,
          "'" + where + "' has no file '" + file + "': check what was pushed there.",
          where);
    }
    if (layer.isPacked()) {
      throw refused(where, "'" + file + "' in an archive, or compressed", null);
    }
    return layer.digest();
  }

  private static TransferException refused(String where, String what, @Nullable Throwable cause) {
    return new TransferException(
        Reason.REFUSED,
        "'" + where + "' has " + what + ": push one artifact with a layer for each file as it is.",
        where,
        cause);
  }
}
