package io.edgellm.model;

import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is known of one release: which bytes, made how, for which devices, how good.
 *
 * <p>The manifest stands in the model directory as {@value #FILE_NAME}, is covered by the release's
 * signature together with every file it names, and is the only thing that a device believes about a
 * model: configuration files inside the model are checked against it, never the other way round.
 *
 * @param model the model line
 * @param version the version
 * @param created when it was published
 * @param format the layout of the files
 * @param files every file of the release except the manifest and the signature, sorted by path
 * @param requirements what a device must have
 * @param quantization how the weights were quantized, or null for full precision
 * @param quality what the release was measured at, or null if nobody measured
 * @param provenance free facts for people, sorted by name: source, licence, tool, pipeline run
 * @param rollbackIndex devices that committed a release never activate one with a lower index
 * @param approvedBy who approved the release
 * @param deltas shorter ways to its files, for devices that have other files
 * @param descriptor where the model is from and what may be done with it
 * @param traits what kind of model it is
 * @param adapters small sets of weights beside the model, sorted by name
 * @param tritonVersion the number of the version in a model repository of Triton, which knows only
 *     numbers; 0 if it was given none
 */
public record ReleaseManifest(
    ModelId model,
    ModelVersion version,
    Instant created,
    Format format,
    List<Artifact> files,
    Requirements requirements,
    @Nullable Quantization quantization,
    @Nullable Quality quality,
    Map<String, String> provenance,
    long rollbackIndex,
    List<String> approvedBy,
    List<Delta> deltas,
    ModelDescriptor descriptor,
    ModelTraits traits,
    List<Adapter> adapters,
    long tritonVersion) {

  /** The name of the manifest in a model directory. */
  public static final String FILE_NAME = "release.json";

  /** The name of the signature in a model directory. */
  public static final String SIGNATURE_FILE_NAME = "release.sig";

  /** The name of the attestations about a release: one signed statement in each line. */
  public static final String ATTESTATIONS_FILE_NAME = "release.intoto.jsonl";

  /** The name of the verification receipt that a device writes beside them. */
  public static final String RECEIPT_FILE_NAME = "receipt.json";

  private static final int MAX_FILES = 4096;
  private static final int MAX_DELTAS = 4096;
  private static final Set<String> RESERVED =
      Set.of(FILE_NAME, SIGNATURE_FILE_NAME, ATTESTATIONS_FILE_NAME, RECEIPT_FILE_NAME);

  /** How the files of a model are laid out. */
  public enum Format {
    /** As the model builder of onnxruntime-genai writes it. */
    ONNX_GENAI,
    /** As Hugging Face Optimum and transformers.js write it. */
    ONNX_OPTIMUM;

    /** Returns the name in a manifest, for instance {@code onnx-genai}. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * How weights were quantized: enough to do it again and get the same bytes.
   *
   * @param method for instance {@code matmul-nbits-rtn}
   * @param bits bits per weight
   * @param blockSize weights per scale
   * @param symmetric whether there are no zero points
   * @param excludedNodes nodes that kept full precision
   * @param tool the tool
   * @param toolVersion its version
   * @param sourceDigest the digest of the full-precision source
   * @param knobs every other setting by its name, sorted, such as {@code accuracyLevel}
   * @param calibrationDigest the digest of the calibration data, or null if there was none
   */
  public record Quantization(
      String method,
      int bits,
      int blockSize,
      boolean symmetric,
      List<String> excludedNodes,
      String tool,
      String toolVersion,
      Sha256 sourceDigest,
      Map<String, String> knobs,
      @Nullable Sha256 calibrationDigest) {
    /** Copies the collections. */
    public Quantization {
      excludedNodes = List.copyOf(excludedNodes);
      knobs = Collections.unmodifiableMap(new TreeMap<>(knobs));
    }

    /** Without further settings and without calibration. */
    public Quantization(
        String method,
        int bits,
        int blockSize,
        boolean symmetric,
        List<String> excludedNodes,
        String tool,
        String toolVersion,
        Sha256 sourceDigest) {
      this(
          method,
          bits,
          blockSize,
          symmetric,
          excludedNodes,
          tool,
          toolVersion,
          sourceDigest,
          Map.of(),
          null);
    }
  }

  /**
   * What the release is expected to reach on its golden prompts, decoded greedily.
   *
   * @param exactMatch the share of golden prompts that are answered exactly, 0 to 1
   * @param meanNll the mean negative log-likelihood of the expected answers' tokens, in nats
   * @param perplexity the perplexity of the evaluation text
   * @param validationSet the name of the data that this was measured on
   * @param probes how many golden prompts there were, or 0 if not known
   * @param referenceNll what {@code meanNll} is of the full-precision source, or null
   * @param validationDigest the digest of the data that this was measured on, or null
   * @param verdictDigest the digest of the report in which a policy judged these figures, or null
   */
  public record Quality(
      double exactMatch,
      double meanNll,
      double perplexity,
      String validationSet,
      int probes,
      @Nullable Double referenceNll,
      @Nullable Sha256 validationDigest,
      @Nullable Sha256 verdictDigest) {
    /** The figures alone. */
    public Quality(double exactMatch, double meanNll, double perplexity, String validationSet) {
      this(exactMatch, meanNll, perplexity, validationSet, 0, null, null, null);
    }

    /** Refuses what is not a number. */
    public Quality {
      if (!Double.isFinite(exactMatch)
          || !Double.isFinite(meanNll)
          || !Double.isFinite(perplexity)
          || (referenceNll != null && !Double.isFinite(referenceNll))
          || probes < 0) {
        throw new ModelException(
            ModelException.Reason.INVALID_VALUE,
            "The measured quality is infinite or not a number: measure again.",
            "quality");
      }
    }
  }

  /**
   * Refuses duplicate or reserved paths, too many files, negative numbers, deltas that do not lead
   * to a file of the release, and adapters whose files are not there.
   */
  public ReleaseManifest {
    files = files.stream().sorted((a, b) -> a.path().compareTo(b.path())).toList();
    provenance = Collections.unmodifiableMap(new TreeMap<>(provenance));
    approvedBy = List.copyOf(approvedBy);
    deltas = List.copyOf(deltas);
    adapters = adapters.stream().sorted(Comparator.comparing(Adapter::name)).toList();
    requireFiles(files);
    requireDeltas(deltas, files);
    requireAdapters(adapters, files);
    requireCount(rollbackIndex, "rollbackIndex", "The rollback index");
    requireCount(tritonVersion, "tritonVersion", "The version number for Triton");
  }

  /** A release of which nothing is said beyond files, requirements and quality. */
  public ReleaseManifest(
      ModelId model,
      ModelVersion version,
      Instant created,
      Format format,
      List<Artifact> files,
      Requirements requirements,
      @Nullable Quantization quantization,
      @Nullable Quality quality,
      Map<String, String> provenance,
      long rollbackIndex,
      List<String> approvedBy,
      List<Delta> deltas) {
    this(
        model,
        version,
        created,
        format,
        files,
        requirements,
        quantization,
        quality,
        provenance,
        rollbackIndex,
        approvedBy,
        deltas,
        ModelDescriptor.unknown(),
        ModelTraits.unknown(),
        List.of(),
        0);
  }

  private static void requireCount(long value, String field, String what) {
    if (value < 0) {
      throw new ModelException(
          ModelException.Reason.INVALID_VALUE, what + " is negative: count up from 0.", field);
    }
  }

  private static void requireAdapters(List<Adapter> adapters, List<Artifact> files) {
    Set<String> paths = files.stream().map(Artifact::path).collect(Collectors.toSet());
    Set<String> names = new HashSet<>();
    for (Adapter adapter : adapters) {
      if (!names.add(adapter.name()) || !paths.containsAll(adapter.files())) {
        throw new ModelException(
            ModelException.Reason.INVALID_VALUE,
            "The adapter '"
                + adapter.name()
                + "' is named twice, or a file of it is not a file of the release.",
            "adapters");
      }
    }
  }

  private static void requireFiles(List<Artifact> files) {
    if (files.isEmpty() || files.size() > MAX_FILES) {
      throw new ModelException(
          ModelException.Reason.INVALID_VALUE,
          "A release has 1 to " + MAX_FILES + " files, not " + files.size() + ".",
          "files");
    }
    // Some file systems ignore case.
    Set<String> paths = new HashSet<>(RESERVED);
    for (Artifact file : files) {
      String folded = file.path().toLowerCase(Locale.ROOT);
      if (RESERVED.contains(folded)) {
        throw unsafe(file, "is a name of the release's own: rename the file.");
      }
      if (file.role() == Artifact.Role.DELTA) {
        throw unsafe(file, "has the role of a delta: name it among the deltas.");
      }
      if (!paths.add(folded)) {
        throw unsafe(file, "is named twice (some file systems ignore case): name each file once.");
      }
    }
    for (Artifact file : files) {
      requireDirectories(file, paths);
    }
  }

  private static void requireDeltas(List<Delta> deltas, List<Artifact> files) {
    if (deltas.size() > MAX_DELTAS) {
      throw new ModelException(
          ModelException.Reason.INVALID_VALUE,
          "A release has at most " + MAX_DELTAS + " deltas, not " + deltas.size() + ".",
          "deltas");
    }
    Set<Sha256> targets = files.stream().map(Artifact::sha256).collect(Collectors.toSet());
    Set<List<Sha256>> ways = new HashSet<>();
    for (Delta delta : deltas) {
      if (!targets.contains(delta.target()) || !ways.add(List.of(delta.base(), delta.target()))) {
        throw new ModelException(
            ModelException.Reason.INVALID_VALUE,
            "The delta '"
                + delta.file().path()
                + "' leads to no file of the release, or there is another one of the same base:"
                + " leave it out.",
            delta.file().path());
      }
    }
  }

  private static void requireDirectories(Artifact file, Set<String> paths) {
    String folded = file.path().toLowerCase(Locale.ROOT);
    for (int slash = folded.indexOf('/'); slash >= 0; slash = folded.indexOf('/', slash + 1)) {
      if (paths.contains(folded.substring(0, slash))) {
        throw unsafe(file, "lies below another file: give one of the two another name.");
      }
    }
  }

  private static ModelException unsafe(Artifact file, String what) {
    return new ModelException(
        ModelException.Reason.UNSAFE_PATH, "'" + file.path() + "' " + what, file.path());
  }

  /** Returns the sum of the sizes of all files. */
  public long totalBytes() {
    return files.stream().mapToLong(Artifact::sizeBytes).sum();
  }

  /** Returns the file at a path. */
  public Optional<Artifact> file(String path) {
    return files.stream().filter(f -> f.path().equals(path)).findFirst();
  }

  /** Returns the first file with a role. */
  public Optional<Artifact> file(Artifact.Role role) {
    return files.stream().filter(f -> f.role() == role).findFirst();
  }

  /** Returns the deltas that lead to a file, the smallest first. */
  public List<Delta> deltasTo(Sha256 target) {
    return deltas.stream()
        .filter(delta -> delta.target().equals(target))
        .sorted(Comparator.comparingLong(delta -> delta.file().sizeBytes()))
        .toList();
  }

  /** Returns model and version, for people. */
  public String title() {
    return model + " " + version;
  }

  /**
   * Returns the canonical JSON: the same manifest always gives the same bytes. Fractions are kept
   * to six decimals.
   */
  public byte[] toJson() {
    return ManifestCodec.write(this);
  }

  /**
   * Reads a manifest that was written as JSON.
   *
   * @param utf8 at most 16 MiB
   * @throws ModelException if it is not a manifest; unknown fields are refused
   */
  public static ReleaseManifest fromJson(byte[] utf8) {
    return ManifestCodec.readJson(utf8);
  }

  /**
   * Reads a manifest that a person wrote as YAML; the same fields as in JSON.
   *
   * @param utf8 at most 16 MiB
   * @throws ModelException if it is not a manifest, or if jackson-dataformat-yaml is not there
   */
  public static ReleaseManifest fromYaml(byte[] utf8) {
    return ManifestCodec.readYaml(utf8);
  }
}
