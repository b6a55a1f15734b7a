package io.edgellm.transfer.oci;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.model.Artifact;
import io.edgellm.model.Delta;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Pushes a repository of releases, as a publisher wrote it into a directory, to a registry. */
final class OciUpload {
  private static final String MODEL = "application/vnd.cncf.model.manifest.v1+json";
  private static final String MODEL_CONFIG = "application/vnd.cncf.model.config.v1+json";
  private static final String DOCUMENTS = "application/vnd.edgellm.documents.v1";
  private static final String NO_CONFIG = "application/vnd.oci.empty.v1+json";
  private static final String DOCUMENT = "application/vnd.cncf.model.doc.v1.raw";

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI registry;
  private final String namespace;
  private final Function<String, Optional<String>> authorization;

  /**
   * @param authorization returns the value of the header for a repository
   */
  OciUpload(URI registry, String namespace, Function<String, Optional<String>> authorization) {
    this.registry = registry;
    this.namespace = namespace;
    this.authorization = authorization;
  }

  /** Pushes everything; what tells of other things goes after them. */
  void push(Path repository) throws IOException {
    for (Path line : children(repository.resolve("models"))) {
      for (Path version : children(line)) {
        if (Files.isDirectory(version)) {
          pushVersion(line, version, repository.resolve("blobs/sha256"));
        }
      }
      pushIndex(line, repository.resolve("targets/models").resolve(line.getFileName()));
    }
    List<Path> metadata = children(repository.resolve("metadata"));
    metadata.sort(Comparator.comparing(file -> file.endsWith("timestamp.json")));
    for (Path file : metadata) {
      pushMetadata(file);
    }
  }

  private static List<Path> children(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return new ArrayList<>(
          children.filter(c -> !c.getFileName().toString().startsWith(".")).sorted().toList());
    }
  }

  private void pushVersion(Path line, Path version, Path blobs) throws IOException {
    String repository = line.getFileName().toString();
    ReleaseManifest release =
        ReleaseManifest.fromJson(Files.readAllBytes(version.resolve(ReleaseManifest.FILE_NAME)));
    ArrayNode layers = JsonNodeFactory.instance.arrayNode();
    Stream<Artifact> deltas = release.deltas().stream().map(Delta::file);
    for (Artifact file : Stream.concat(release.files().stream(), deltas).toList()) {
      byte[] bytes = Files.readAllBytes(blobs.resolve(file.sha256().hex()));
      layers.add(layer(repository, mediaType(file), file.path(), bytes));
    }
    for (Path paper : children(version)) {
      layers.add(
          layer(repository, DOCUMENT, paper.getFileName().toString(), Files.readAllBytes(paper)));
    }
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config
        .putObject("descriptor")
        .put("name", repository)
        .put("version", release.version().toString());
    config.putObject("config").put("format", "onnx");
    ObjectNode files = config.putObject("modelfs").put("type", "layers");
    ArrayNode digests = files.putArray("diffIds");
    layers.forEach(layer -> digests.add(layer.path("digest").asText()));
    putManifest(
        repository,
        OciTag.of(ModelVersion.parse(version.getFileName().toString())),
        MODEL,
        descriptor(repository, MODEL_CONFIG, CanonicalJson.write(config)),
        layers);
  }

  private static String mediaType(Artifact file) {
    return switch (file.role()) {
      case GRAPH, WEIGHTS, DELTA -> "application/vnd.cncf.model.weight.v1.raw";
      case DOCUMENT -> DOCUMENT;
      default -> "application/vnd.cncf.model.weight.config.v1.raw";
    };
  }

  /** The list of versions, and whatever the update metadata lists of the line. */
  private void pushIndex(Path line, Path targets) throws IOException {
    String repository = line.getFileName().toString();
    ArrayNode layers = JsonNodeFactory.instance.arrayNode();
    byte[] index = Files.readAllBytes(line.resolve("index.json"));
    layers.add(layer(repository, DOCUMENT, "index.json", index));
    try (Stream<Path> files = Files.walk(targets)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String path = "targets/" + targets.relativize(file);
        layers.add(layer(repository, DOCUMENT, path, Files.readAllBytes(file)));
      }
    }
    putDocuments(repository, OciPlace.INDEX_TAG, layers);
  }

  private void pushMetadata(Path file) throws IOException {
    String name = file.getFileName().toString();
    ArrayNode layers = JsonNodeFactory.instance.arrayNode();
    layers.add(layer(OciPlace.METADATA_REPOSITORY, DOCUMENT, name, Files.readAllBytes(file)));
    putDocuments(OciPlace.METADATA_REPOSITORY, OciTag.of(name), layers);
  }

  private void putDocuments(String repository, String tag, ArrayNode layers) {
    ObjectNode config = descriptor(repository, NO_CONFIG, "{}".getBytes(UTF_8));
    putManifest(repository, tag, DOCUMENTS, config, layers);
  }

  private ObjectNode layer(String repository, String mediaType, String path, byte[] bytes) {
    ObjectNode layer = descriptor(repository, mediaType, bytes);
    layer.putObject("annotations").put("org.cncf.model.filepath", path);
    return layer;
  }

  private ObjectNode descriptor(String repository, String mediaType, byte[] bytes) {
    putBlob(repository, bytes);
    return JsonNodeFactory.instance
        .objectNode()
        .put("mediaType", mediaType)
        .put("digest", "sha256:" + Sha256.of(bytes).hex())
        .put("size", bytes.length);
  }

  void putBlob(String repository, byte[] bytes) {
    String uploads = "/v2/" + namespace + "/" + repository + "/blobs/uploads/";
    HttpResponse<String> begun =
        send(repository, registry.resolve(uploads), "POST", new byte[0], "text/plain", 202);
    URI location = registry.resolve(begun.headers().firstValue("Location").orElseThrow());
    String digest = "digest=sha256%3A" + Sha256.of(bytes).hex();
    URI end = URI.create(location + (location.getRawQuery() == null ? "?" : "&") + digest);
    send(repository, end, "PUT", bytes, "application/octet-stream", 201);
  }

  private void putManifest(
      String repository, String tag, String artifactType, ObjectNode config, ArrayNode layers) {
    ObjectNode manifest =
        JsonNodeFactory.instance
            .objectNode()
            .put("schemaVersion", 2)
            .put("mediaType", OciManifest.MEDIA_TYPE)
            .put("artifactType", artifactType);
    manifest.set("config", config);
    manifest.set("layers", layers);
    putManifest(repository, tag, CanonicalJson.write(manifest));
  }

  void putManifest(String repository, String tag, byte[] manifest) {
    URI address = registry.resolve("/v2/" + namespace + "/" + repository + "/manifests/" + tag);
    send(repository, address, "PUT", manifest, OciManifest.MEDIA_TYPE, 201);
  }

  private HttpResponse<String> send(
      String repository, URI address, String method, byte[] body, String type, int expected) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
            .header("Content-Type", type);
    authorization
        .apply(namespace + "/" + repository)
        .ifPresent(value -> request.header("Authorization", value));
    try {
      HttpResponse<String> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != expected) {
        throw new IOException(response.statusCode() + " for " + address + ": " + response.body());
      }
      return response;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
