package io.edgellm.release;

import io.edgellm.model.Adapter;
import io.edgellm.model.Artifact;
import io.edgellm.model.Delta;
import io.edgellm.model.ModelDescriptor;
import io.edgellm.model.ModelException;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelTraits;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Requirements;
import io.edgellm.trust.oms.IgnoredPaths;
import io.edgellm.trust.oms.ModelFile;
import io.edgellm.trust.oms.ModelFiles;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.Symlinks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes the manifest of a model directory: its files with their roles, sizes and digests, and what
 * the publisher knows about them.
 *
 * <p>Roles and media types follow from file names. A file whose name says nothing, a hidden file
 * and a symbolic link are refused, since a device would refuse them later; the release's own three
 * files are left out. The directory is read and not changed. The same directory, facts and clock
 * give the same manifest, byte for byte.
 *
 * <p>Not thread-safe.
 */
public final class ReleaseBuilder {
  private static final Pattern ADAPTER = Pattern.compile("adapters/([^/]+)\\.onnx_adapter");

  private final Path directory;
  private final ModelId model;
  private final ModelVersion version;
  private final ReleaseManifest.Format format;
  private Requirements requirements;
  private final Map<String, String> provenance = new TreeMap<>();
  private final List<String> approvedBy = new ArrayList<>();
  private final List<Delta> deltas = new ArrayList<>();
  private final List<Adapter> adapters = new ArrayList<>();
  private ModelDescriptor descriptor = ModelDescriptor.unknown();
  private ModelTraits traits = ModelTraits.unknown();
  private long tritonVersion;
  private ReleaseManifest.@Nullable Quantization quantization;
  private ReleaseManifest.@Nullable Quality quality;
  private long rollbackIndex;
  private InstantSource clock = InstantSource.system();

  private ReleaseBuilder(
      Path directory,
      ModelId model,
      ModelVersion version,
      ReleaseManifest.Format format,
      Requirements requirements) {
    this.directory = directory;
    this.model = model;
    this.version = version;
    this.format = format;
    this.requirements = requirements;
  }

  /**
   * Begins with what every release has.
   *
   * @param directory the model directory
   * @param model the model line
   * @param version the version; a published version never changes
   * @param format the layout of the files
   * @param requirements what a device must have
   */
  public static ReleaseBuilder of(
      Path directory,
      ModelId model,
      ModelVersion version,
      ReleaseManifest.Format format,
      Requirements requirements) {
    return new ReleaseBuilder(directory, model, version, format, requirements);
  }

  /** Says anew what a device must have. */
  public ReleaseBuilder requirements(Requirements value) {
    requirements = value;
    return this;
  }

  /** Records where the model is from and what may be done with it. */
  public ReleaseBuilder descriptor(ModelDescriptor value) {
    descriptor = value;
    return this;
  }

  /** Records what kind of model it is. */
  public ReleaseBuilder traits(ModelTraits value) {
    traits = value;
    return this;
  }

  /** Names one more adapter; those in {@code adapters/NAME.onnx_adapter} name themselves. */
  public ReleaseBuilder adapter(Adapter value) {
    adapters.add(value);
    return this;
  }

  /** Sets the number of the version in a model repository of Triton, 0 if it has none. */
  public ReleaseBuilder tritonVersion(long value) {
    tritonVersion = value;
    return this;
  }

  /** Records how the weights were quantized; without it the release counts as full precision. */
  public ReleaseBuilder quantization(ReleaseManifest.Quantization value) {
    quantization = value;
    return this;
  }

  /** Records what the release was measured at. */
  public ReleaseBuilder quality(ReleaseManifest.Quality value) {
    quality = value;
    return this;
  }

  /** Records a fact for people, such as source, licence or pipeline run. */
  public ReleaseBuilder provenance(String name, String value) {
    provenance.put(name, value);
    return this;
  }

  /** Sets the rollback index, 0 if nobody does: devices never go below the highest they kept. */
  public ReleaseBuilder rollbackIndex(long value) {
    rollbackIndex = value;
    return this;
  }

  /**
   * Records one more person or system that approved the release.
   *
   * @throws io.edgellm.model.ModelException with {@code INVALID_VALUE} if the name has neither a
   *     letter nor a digit
   */
  public ReleaseBuilder approvedBy(String name) {
    if (!ReleasePolicy.namesSomebody(name)) {
      throw new ModelException(
          ModelException.Reason.INVALID_VALUE,
          "'" + name + "' names nobody: say who approved the release, or leave it out.",
          "approvedBy");
    }
    approvedBy.add(name);
    return this;
  }

  /** Records one more shorter way to a file of the release. */
  public ReleaseBuilder delta(Delta value) {
    deltas.add(value);
    return this;
  }

  /** Sets where the time of creation comes from; it is kept to the second. */
  public ReleaseBuilder clock(InstantSource value) {
    clock = value;
    return this;
  }

  /**
   * Reads every file and returns the manifest.
   *
   * @throws ReleaseException with {@code UNSUITABLE_FILE} or {@code IO}
   * @throws io.edgellm.model.ModelException if a name or fact is not allowed in a manifest
   */
  public ReleaseManifest build() {
    List<Artifact> files = new ArrayList<>();
    for (ModelFile file : files()) {
      files.add(artifact(file));
    }
    addAdaptersOf(files);
    return new ReleaseManifest(
        model,
        version,
        clock.instant().truncatedTo(ChronoUnit.SECONDS),
        format,
        files,
        requirements,
        quantization,
        quality,
        provenance,
        rollbackIndex,
        approvedBy,
        deltas,
        descriptor,
        traits,
        adapters,
        tritonVersion);
  }

  /** Where the files of adapters stand gives them their names. */
  private void addAdaptersOf(List<Artifact> files) {
    for (Artifact file : files) {
      Matcher adapter = ADAPTER.matcher(file.path());
      if (adapter.matches()
          && adapters.stream().noneMatch(known -> known.name().equals(adapter.group(1)))) {
        adapters.add(new Adapter(adapter.group(1), List.of(file.path())));
      }
    }
  }

  private List<ModelFile> files() {
    IgnoredPaths own =
        IgnoredPaths.none()
            .and(
                List.of(
                    ReleaseManifest.FILE_NAME,
                    ReleaseManifest.SIGNATURE_FILE_NAME,
                    ReleaseManifest.ATTESTATIONS_FILE_NAME,
                    ReleaseManifest.RECEIPT_FILE_NAME));
    try {
      return ModelFiles.list(directory, own, Symlinks.REFUSED);
    } catch (OmsFault e) {
      throw new ReleaseException(
          e.kind() == OmsFault.Kind.UNREADABLE
              ? ReleaseException.Reason.IO
              : ReleaseException.Reason.UNSUITABLE_FILE,
          e.sentence(),
          e.subject(),
          e);
    }
  }

  private static Artifact artifact(ModelFile file) {
    String name = file.name();
    Artifact.requireSafePath(name);
    ArtifactType type = ArtifactType.of(name).orElseThrow(() -> unsuitable(name));
    if (name.startsWith(".") || name.contains("/.")) {
      throw unsuitable(name);
    }
    try {
      ChunkedFile read = ChunkedFile.read(file.path(), (buffer, length) -> {});
      return new Artifact(
          name, read.sizeBytes(), read.sha256(), type.mediaType(), type.role(), read.chunks());
    } catch (IOException e) {
      throw new ReleaseException(
          ReleaseException.Reason.IO,
          "'" + name + "' cannot be read (" + e + "): check the disk and the permissions.",
          name,
          e);
    }
  }

  private static ReleaseException unsuitable(String name) {
    return new ReleaseException(
        ReleaseException.Reason.UNSUITABLE_FILE,
        "'"
            + name
            + "' is none of the files that a model consists of: move it out of the model"
            + " directory.",
        name);
  }
}
