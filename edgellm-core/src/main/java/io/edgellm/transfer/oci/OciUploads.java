package io.edgellm.transfer.oci;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelPackConfig;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import io.edgellm.transfer.ArtifactSource;
import io.edgellm.transfer.HttpAnswer;
import io.edgellm.transfer.HttpReader;
import io.edgellm.transfer.TransferControl;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferException.Reason;
import io.edgellm.transfer.UploadBody;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a publisher sends to a registry, in the layout that {@link OciArtifactSource} reads, after
 * the OCI distribution specification: each request once, nothing is tried again.
 *
 * <p>A registry takes a blob only with the bytes of its digest. Tags are overwritten by whoever may
 * push; there are no conditions. Thread-safe.
 */
public final class OciUploads {
  private static final String MODEL = "application/vnd.cncf.model.manifest.v1+json";
  private static final String DOCUMENTS = "application/vnd.edgellm.documents.v1";
  private static final String NO_CONFIG = "application/vnd.oci.empty.v1+json";
  private static final byte[] EMPTY = "{}".getBytes(UTF_8);
  private static final Pattern RANGE = Pattern.compile("(?:bytes=)?0-(\\d{1,18})");

  private final OciRegistry registry;
  private final RegistryClient client;
  private final OciArtifactSource source;

  /**
   * @param registry where
   * @param reader how to speak with the registry; not by a client that follows redirects
   * @param clock tells when a token expires
   */
  public OciUploads(OciRegistry registry, HttpReader reader, InstantSource clock) {
    this.registry = registry;
    this.client = new RegistryClient(registry, reader.withoutRedirects(), clock, OciRight.PUSH);
    this.source = new OciArtifactSource(registry, client);
  }

  /** Returns what is there, as whoever may push sees it. */
  public ArtifactSource source() {
    return source;
  }

  /** Returns the repository of update metadata. */
  public static String metadataRepository() {
    return OciPlace.METADATA_REPOSITORY;
  }

  /**
   * Returns the repository of a line.
   *
   * @throws IllegalArgumentException if a registry can have none of its name
   */
  public static String repositoryOf(ModelId line) {
    return OciPlace.line(line.value())
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'" + line + "' cannot be the name of a repository: choose another name."));
  }

  /**
   * A blob that is on its way.
   *
   * @param repository for which
   * @param location where the registry takes it; may be a secret
   * @param receivedBytes how many bytes the registry has
   */
  public record Session(String repository, URI location, long receivedBytes) {
    @Override
    public String toString() {
      return "Session[" + repository + ", " + receivedBytes + "]";
    }
  }

  /** Begins a blob. */
  public Session begin(String repository) {
    URI address = address(repository, "/blobs/uploads/");
    HttpAnswer answer = client.ask(repository, "POST", address);
    return session(require(answer, address, 202), repository, address, 0);
  }

  /** Ends a session; what has come is thrown away. A registry that does not know how keeps it. */
  public void cancel(Session session) {
    client.ask(session.repository(), "DELETE", session.location()).close();
  }

  /**
   * Sends the next bytes of a blob.
   *
   * @return the session as it is then; nothing if the registry has forgotten it
   * @throws TransferException of a kind that passes, if the registry has other bytes than expected:
   *     ask for its {@link #status}
   */
  public Optional<Session> append(Session session, UploadBody body, TransferControl control) {
    long from = session.receivedBytes();
    long end = from + body.sizeBytes();
    Map<String, String> headers =
        Map.of("Content-Type", "application/octet-stream", "Content-Range", from + "-" + (end - 1));
    HttpAnswer answer =
        client.upload(session.repository(), "PATCH", session.location(), headers, body, control);
    return switch (answer.status()) {
      case 404 -> {
        answer.close();
        yield Optional.empty();
      }
      case 416 -> {
        answer.close();
        throw answer.refusedForNow("that it has other bytes than expected");
      }
      default ->
          Optional.of(
              session(
                  require(answer, session.location(), 202),
                  session.repository(),
                  session.location(),
                  end));
    };
  }

  /** Asks how much of a blob has come; nothing if the registry has forgotten the session. */
  public Optional<Session> status(Session session) {
    HttpAnswer answer = client.ask(session.repository(), "GET", session.location());
    if (answer.status() == 404) {
      answer.close();
      return Optional.empty();
    }
    require(answer, session.location(), 204);
    Matcher range = RANGE.matcher(answer.header("Range").orElse(""));
    // Of no byte and of one byte, registries say the same.
    long last = range.matches() ? Long.parseLong(range.group(1)) : 0;
    return Optional.of(
        session(answer, session.repository(), session.location(), last == 0 ? 0 : last + 1));
  }

  /**
   * Ends a blob, with its last bytes.
   *
   * @return whether the registry has it; false if it has forgotten the session
   * @throws TransferException with {@code CORRUPT} if it has other bytes than those of the digest
   */
  public boolean end(Session session, Sha256 digest, UploadBody rest, TransferControl control) {
    URI location = session.location();
    URI address =
        URI.create(
            location
                + (location.getRawQuery() == null ? "?" : "&")
                + "digest=sha256%3A"
                + digest.hex());
    Map<String, String> headers = Map.of("Content-Type", "application/octet-stream");
    HttpAnswer answer = client.upload(session.repository(), "PUT", address, headers, rest, control);
    answer.close();
    return switch (answer.status()) {
      case 404 -> false;
      case 400 ->
          throw new TransferException(
              Reason.CORRUPT,
              "'" + registry + "' has other bytes than those of sha256:" + digest.hex() + ".",
              digest.hex());
      default -> {
        require(answer, address, 201);
        yield true;
      }
    };
  }

  /** Sends a small blob whole, unless it is there. */
  public OciFile put(
      String repository, String path, String mediaType, byte[] bytes, TransferControl control) {
    OciFile file = new OciFile(path, mediaType, Sha256.of(bytes), bytes.length);
    if (!has(repository, file.digest(), bytes.length)
        && !end(begin(repository), file.digest(), UploadBody.of(bytes), control)) {
      throw new TransferException(
          Reason.UNREACHABLE,
          "'" + registry + "' has forgotten an upload that it has just begun.",
          path);
    }
    return file;
  }

  /** Returns whether a repository has a blob of a size. */
  public boolean has(String repository, Sha256 digest, long sizeBytes) {
    URI address = address(repository, "/blobs/sha256:" + digest.hex());
    HttpAnswer answer = client.ask(repository, "HEAD", address);
    answer.close();
    return switch (answer.status()) {
      case 200 ->
          answer.header("Content-Length").filter(text -> !text.equals(sizeBytes + "")).isEmpty();
      // Whoever sends blobs elsewhere says so of those that there are.
      case 301, 302, 303, 307, 308 -> true;
      case 404 -> false;
      default -> throw OciRight.PUSH.refusal(answer, RegistryClient.withoutQuery(address), 0);
    };
  }

  /**
   * Makes an artifact of the files of a release, which are there, and gives it the tag of its
   * version.
   */
  public void tagRelease(ReleaseManifest release, List<OciFile> files, TransferControl control) {
    String repository = repositoryOf(release.model());
    byte[] json =
        new ModelPackConfig(release, files.stream().map(OciFile::digest).toList()).toJson();
    OciFile config = put(repository, "config", ModelPackConfig.MEDIA_TYPE, json, control);
    tag(repository, OciTag.of(release.version()), MODEL, config, files, control);
  }

  /** Returns the files of what tells of the releases of a line; none if there is no such thing. */
  public List<OciFile> index(ModelId line) {
    try {
      return client.manifest(repositoryOf(line), OciPlace.INDEX_TAG).files();
    } catch (TransferException e) {
      if (e.reason() == Reason.NOT_FOUND) {
        return List.of();
      }
      throw e;
    }
  }

  /** Makes an artifact of what tells of the releases of a line. */
  public void tagIndex(ModelId line, List<OciFile> files, TransferControl control) {
    tagDocuments(repositoryOf(line), OciPlace.INDEX_TAG, files, control);
  }

  /** Sends a file of update metadata. */
  public void putMetadata(String name, byte[] json, TransferControl control) {
    String repository = OciPlace.METADATA_REPOSITORY;
    OciFile file = put(repository, name, OciFile.DOCUMENT, json, control);
    tagDocuments(repository, OciTag.of(name), List.of(file), control);
  }

  private void tagDocuments(
      String repository, String tag, List<OciFile> files, TransferControl control) {
    OciFile config = put(repository, "config", NO_CONFIG, EMPTY, control);
    tag(repository, tag, DOCUMENTS, config, files, control);
  }

  private void tag(
      String repository,
      String tag,
      String artifactType,
      OciFile config,
      List<OciFile> files,
      TransferControl control) {
    ObjectNode manifest =
        JsonNodeFactory.instance
            .objectNode()
            .put("schemaVersion", 2)
            .put("mediaType", OciManifest.MEDIA_TYPE)
            .put("artifactType", artifactType);
    manifest.set("config", descriptor(config));
    ArrayNode layers = manifest.putArray("layers");
    for (OciFile file : files) {
      ObjectNode layer = descriptor(file);
      layer.putObject("annotations").put(OciManifest.FILE_PATH, file.path());
      layers.add(layer);
    }
    URI address = address(repository, "/manifests/" + tag);
    UploadBody body = UploadBody.of(CanonicalJson.write(manifest));
    Map<String, String> headers = Map.of("Content-Type", OciManifest.MEDIA_TYPE);
    require(client.upload(repository, "PUT", address, headers, body, control), address, 201);
  }

  private static ObjectNode descriptor(OciFile file) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("mediaType", file.mediaType())
        .put("digest", OciManifest.SHA256 + file.digest().hex())
        .put("size", file.sizeBytes());
  }

  private URI address(String repository, String rest) {
    return registry.resolve("/v2/" + registry.repository(repository) + rest);
  }

  private static HttpAnswer require(HttpAnswer answer, URI address, int status) {
    if (answer.status() != status) {
      throw OciRight.PUSH.refusal(answer, RegistryClient.withoutQuery(address), 0);
    }
    answer.close();
    return answer;
  }

  /** The registry may name another address after each request. */
  private Session session(HttpAnswer answer, String repository, URI from, long receivedBytes) {
    URI location;
    try {
      location = answer.header("Location").map(from::resolve).orElse(from);
    } catch (IllegalArgumentException e) {
      throw answer.refused("it takes blobs where no address is");
    }
    Optional<String> objection = registry.objection(location);
    if (objection.isPresent()) {
      throw answer.refused("it sends this publisher " + objection.get());
    }
    return new Session(repository, location, receivedBytes);
  }

  /** Returns where it is, for people. */
  public String describe() {
    return registry.toString();
  }
}
