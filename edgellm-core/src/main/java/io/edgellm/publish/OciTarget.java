package io.edgellm.publish;

import io.edgellm.model.Artifact;
import io.edgellm.model.ModelId;
import io.edgellm.transfer.ArtifactSource;
import io.edgellm.transfer.HttpReader;
import io.edgellm.transfer.SourceTufRepository;
import io.edgellm.transfer.TransferControl;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferException.Reason;
import io.edgellm.transfer.oci.OciArtifactSource;
import io.edgellm.transfer.oci.OciFile;
import io.edgellm.transfer.oci.OciRegistry;
import io.edgellm.transfer.oci.OciUploads;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An OCI registry, with one repository for each model line, and one for update metadata.
 *
 * <p>A publisher needs the right to pull and push in these repositories; where a registry wants
 * repositories to be made first, make them. Large files go in pieces; after a broken connection the
 * registry is asked how much it has. A process that begins anew sends a file that was under way
 * from its beginning, and no other one.
 *
 * <p>Registries have no conditional writes: what is there is read a moment before it is replaced,
 * and two publishers in the same moment are not kept apart. Let one job at a time push. Nothing is
 * ever deleted.
 */
public final class OciTarget extends PublishTarget {
  private static final String INDEX = "index.json";

  /** Lists of versions that are not current any more, for devices in the middle of a refresh. */
  private static final int OLD_TARGETS = 16;

  private final OciUploads uploads;
  private final OciArtifactSource source;
  private final long pieceBytes;

  private OciTarget(OciUploads uploads, OciArtifactSource source, long pieceBytes) {
    this.uploads = uploads;
    this.source = source;
    this.pieceBytes = pieceBytes;
  }

  /**
   * Names a registry.
   *
   * @param registry where, with credentials that may push
   * @param clock tells when a token expires
   * @param reader how to speak with the registry; not by a client that follows redirects
   */
  public static OciTarget of(OciRegistry registry, InstantSource clock, HttpReader reader) {
    return new OciTarget(
        new OciUploads(registry, reader, clock),
        new OciArtifactSource(registry, reader, clock),
        64L << 20);
  }

  /**
   * Returns the same registry, with other pieces of large files: 64 MiB unless this says otherwise.
   *
   * @param bytes a multiple of 1 MiB
   */
  public OciTarget withPieces(long bytes) {
    if (bytes <= 0 || bytes % Artifact.CHUNK_BYTES != 0) {
      throw new IllegalArgumentException("Pieces are of whole MiB.");
    }
    return new OciTarget(uploads, source, bytes);
  }

  @Override
  public String describe() {
    return uploads.describe();
  }

  @Override
  public ArtifactSource source() {
    return source;
  }

  @Override
  Hold hold(Collection<ModelId> lines, Sending sending) {
    for (ModelId line : lines) {
      probe(OciUploads.repositoryOf(line), sending);
    }
    probe(OciUploads.metadataRepository(), sending);
    return () -> {};
  }

  /** To begin an upload takes the right to push, and changes nothing. */
  private void probe(String repository, Sending sending) {
    OciUploads.Session session = sending.trying(repository, () -> uploads.begin(repository));
    uploads.cancel(session);
  }

  @Override
  Optional<Document> read(String path, int maxBytes) {
    try {
      return Optional.of(new Document(uploads.source().document(path, maxBytes), ""));
    } catch (TransferException e) {
      if (e.reason() == Reason.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  boolean hasBlobsPerLine() {
    return true;
  }

  @Override
  boolean has(ModelId line, Artifact blob) {
    return uploads.has(OciUploads.repositoryOf(line), blob.sha256(), blob.sizeBytes());
  }

  @Override
  void send(ModelId line, Artifact blob, Path file, Sending sending) {
    new OciPieces(uploads, OciUploads.repositoryOf(line), new BlobReader(blob, file), pieceBytes)
        .send(sending, () -> has(line, blob));
  }

  @Override
  boolean put(String path, byte[] bytes, Condition condition, Sending sending) {
    if (!(condition instanceof Condition.None)
        && !condition.isMet(read(path, MetadataState.MAX_BYTES))) {
      return false;
    }
    if (!path.startsWith(SourceTufRepository.METADATA)) {
      throw new IllegalArgumentException("'" + path + "' is part of something in a registry.");
    }
    String name = path.substring(SourceTufRepository.METADATA.length());
    uploads.putMetadata(name, bytes, sending.control());
    return true;
  }

  @Override
  void publish(ReleasePapers papers, Sending sending) {
    String repository = OciUploads.repositoryOf(papers.manifest().model());
    TransferControl control = sending.control();
    List<OciFile> files = new ArrayList<>();
    for (Artifact blob : papers.blobs()) {
      files.add(new OciFile(blob.path(), mediaType(blob), blob.sha256(), blob.sizeBytes()));
    }
    papers
        .files()
        .forEach(
            (path, bytes) -> {
              String name = path.substring(path.lastIndexOf('/') + 1);
              files.add(
                  sending.trying(
                      path, () -> uploads.put(repository, name, OciFile.DOCUMENT, bytes, control)));
            });
    sending.trying(
        papers.manifestPath(),
        () -> {
          uploads.tagRelease(papers.manifest(), files, control);
          return files;
        });
  }

  private static String mediaType(Artifact file) {
    return switch (file.role()) {
      case GRAPH, WEIGHTS, DELTA -> OciFile.WEIGHT;
      case DOCUMENT -> OciFile.DOCUMENT;
      default -> OciFile.WEIGHT_CONFIG;
    };
  }

  @Override
  boolean list(LineListing listing, Sending sending) {
    Condition condition = Condition.unchanged(listing.before());
    if (!condition.isMet(sending.trying(listing.path(), () -> readIndex(listing)))) {
      return false;
    }
    String repository = OciUploads.repositoryOf(listing.line());
    Map<String, OciFile> files = new LinkedHashMap<>();
    sending.trying(listing.path(), () -> uploads.index(listing.line())).stream()
        .filter(file -> !file.path().equals(INDEX))
        .forEach(file -> files.put(file.path(), file));
    forgetOldTargets(listing, files);
    Map<String, byte[]> added = new LinkedHashMap<>(listing.newTargets());
    listing.index().ifPresent(json -> added.put(INDEX, json));
    added.forEach(
        (path, bytes) ->
            files.put(
                path,
                sending.trying(
                    path,
                    () ->
                        uploads.put(
                            repository, path, OciFile.DOCUMENT, bytes, sending.control()))));
    List<OciFile> layers = List.copyOf(files.values());
    return sending.trying(
        listing.path(),
        () -> {
          uploads.tagIndex(listing.line(), layers, sending.control());
          return true;
        });
  }

  private Optional<Document> readIndex(LineListing listing) {
    return read(listing.path(), MetadataState.MAX_BYTES);
  }

  /** Layers stand in the order in which they came. */
  private static void forgetOldTargets(LineListing listing, Map<String, OciFile> files) {
    List<String> old =
        files.keySet().stream().filter(path -> !listing.listedTargets().contains(path)).toList();
    old.subList(0, Math.max(0, old.size() - OLD_TARGETS)).forEach(files::remove);
  }

  @Override
  public void close() {
    source.close();
  }
}
