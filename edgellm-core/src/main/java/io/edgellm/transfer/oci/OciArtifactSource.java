package io.edgellm.transfer.oci;

import io.edgellm.model.RepositoryPaths;
import io.edgellm.model.Sha256;
import io.edgellm.transfer.ArtifactSource;
import io.edgellm.transfer.ByteRange;
import io.edgellm.transfer.HttpAnswer;
import io.edgellm.transfer.HttpReader;
import io.edgellm.transfer.SourcePath;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferException.Reason;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Releases in an OCI registry, next to the images of the applications: one repository for each
 * model line, one artifact of the CNCF ModelPack kind for each version, with its papers and files
 * as layers. Update metadata has a repository of its own, so that a device can live from one
 * registry.
 *
 * <pre>
 * &lt;namespace&gt;/&lt;line&gt;:&lt;version&gt;     release.json, release.sig, release.intoto.jsonl, and the files
 * &lt;namespace&gt;/&lt;line&gt;:index         index.json
 * &lt;namespace&gt;/tuf:&lt;file&gt;           a file of update metadata, such as timestamp.json
 * </pre>
 *
 * <p>The {@code +} of a version is a {@code _} in its tag. A layer is found by the path of its
 * file, in the annotation {@code org.cncf.model.filepath} or {@code
 * org.opencontainers.image.title}, and is the file itself, neither packed nor compressed.
 *
 * <p>The device shows the registry what it asks for: nothing, a password, or a token of the service
 * that the registry names, which is asked for the right to pull from the one repository. A blob is
 * followed to where the registry says that it is; what the device showed the registry stays with
 * the registry. Manifests and documents are held against their digests by this device. Thread-safe.
 */
public final class OciArtifactSource implements ArtifactSource {
  private final OciRegistry registry;
  private final RegistryClient client;
  private final BlobPlaces places;

  /**
   * @param registry where
   * @param reader how to speak with the registry; not by a client that follows redirects
   * @param clock tells when a token expires
   */
  public OciArtifactSource(OciRegistry registry, HttpReader reader, InstantSource clock) {
    this(registry, new RegistryClient(registry, reader.withoutRedirects(), clock, OciRight.PULL));
  }

  OciArtifactSource(OciRegistry registry, RegistryClient client) {
    this.registry = registry;
    this.client = client;
    this.places = new BlobPlaces(registry.lines());
  }

  @Override
  public byte[] document(String path, int maxBytes) {
    Wanted wanted = find(path);
    byte[] bytes = get(wanted, ByteRange.WHOLE).document(maxBytes);
    WholeBlob.require(Sha256.of(bytes), wanted.digest(), describe());
    return bytes;
  }

  @Override
  public BlobStream open(String path, long offsetBytes) {
    return open(path, ByteRange.from(offsetBytes));
  }

  @Override
  public BlobStream open(String path, long offsetBytes, long lengthBytes) {
    return open(path, new ByteRange(offsetBytes, lengthBytes));
  }

  @Override
  public BlobStream open(Sha256 blob, long offsetBytes, long lengthBytes) {
    return open(RepositoryPaths.blob(blob), offsetBytes, lengthBytes);
  }

  private BlobStream open(String path, ByteRange range) {
    Wanted wanted = find(path);
    BlobStream stream = get(wanted, range).content(range.offsetBytes());
    // The files of a release are verified chunk by chunk by who asks for them, and not twice.
    return wanted.isDocument() && range.equals(ByteRange.WHOLE)
        ? new BlobStream(
            0, new WholeBlob(stream.bytes(), wanted.digest(), describe()), stream.sender())
        : stream;
  }

  /**
   * A blob that is wanted.
   *
   * @param digest its name
   * @param repositories where to look for it, in this order
   * @param isDocument whether it has a place of its own, and is no file of a release
   */
  private record Wanted(Sha256 digest, List<String> repositories, boolean isDocument) {}

  private Wanted find(String path) {
    OciPlace place =
        OciPlace.of(SourcePath.of(path).onDisk())
            .orElseThrow(() -> absent(path, "nothing is kept there in a registry"));
    if (place instanceof OciPlace.Layer layer) {
      return layer(layer);
    }
    if (place instanceof OciPlace.Blob blob) {
      places.asked(blob.repository());
      return new Wanted(blob.digest(), List.of(blob.repository()), true);
    }
    Sha256 digest = ((OciPlace.Anywhere) place).digest();
    List<String> repositories = places.of(digest);
    if (repositories.isEmpty()) {
      throw absent(path, "no repository is known to look into; name the lines of the registry");
    }
    return new Wanted(digest, repositories, false);
  }

  private Wanted layer(OciPlace.Layer layer) {
    String repository = layer.repository();
    OciManifest manifest = client.manifest(repository, layer.tag());
    if (!repository.equals(OciPlace.METADATA_REPOSITORY)) {
      places.asked(repository);
      places.has(repository, manifest.digests());
    }
    String where = registry.repository(repository) + ":" + layer.tag();
    return new Wanted(manifest.require(layer.file(), where), List.of(repository), true);
  }

  /** Whoever does not have it, or does not give it, may be followed by somebody who does. */
  private HttpAnswer get(Wanted wanted, ByteRange range) {
    List<TransferException> refusals = new ArrayList<>();
    for (String repository : wanted.repositories()) {
      try {
        HttpAnswer answer = client.blob(repository, wanted.digest(), range);
        places.has(repository, List.of(wanted.digest()));
        return answer;
      } catch (TransferException e) {
        if (e.reason() != Reason.NOT_FOUND && e.reason() != Reason.REFUSED) {
          throw e;
        }
        refusals.add(e);
      }
    }
    throw refusals.stream()
        .filter(e -> e.reason() == Reason.REFUSED)
        .findFirst()
        .orElse(refusals.get(0));
  }

  private TransferException absent(String path, String why) {
    return new TransferException(
        Reason.NOT_FOUND,
        "'" + path + "' does not exist in " + describe() + ": " + why + ".",
        path);
  }

  @Override
  public String describe() {
    return registry.toString();
  }

  @Override
  public void close() {
    // The client belongs to the host; connections that idle in its pool end by themselves.
  }
}
