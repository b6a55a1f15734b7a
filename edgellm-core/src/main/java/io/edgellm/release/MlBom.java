package io.edgellm.release;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.model.Adapter;
import io.edgellm.model.Artifact;
import io.edgellm.model.ModelDescriptor;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.ReleaseManifest.Quality;
import io.edgellm.model.ReleaseManifest.Quantization;
import io.edgellm.model.Sha256;
import io.edgellm.trust.SignedRelease;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The bill of materials of a release: <a href="https://cyclonedx.org/docs/1.6/json/">CycloneDX
 * 1.6</a> with a model card.
 *
 * <p>It says what the manifest says in the words of that standard: the model with its root digest,
 * every file, the base model, the data that it was calibrated and measured on, and the quantizer.
 * Nothing is read but the papers, and the same release always gives the same bytes. As the
 * predicate of an attestation of type {@value #PREDICATE_TYPE} it is signed, and bound to the root
 * digest a second time.
 *
 * @param release the signed release
 * @param considerations what people should know before they use the model
 */
public record MlBom(SignedRelease release, Considerations considerations) {
  /** The predicate type of an attestation that carries a bill of materials. */
  public static final String PREDICATE_TYPE = "https://cyclonedx.org/bom";

  private static final String MODEL = "model";

  /**
   * What people should know before they use a model; nothing is made up where nothing is given.
   *
   * @param useCases what it is for
   * @param limitations what it cannot do
   * @param tradeoffs what was given up for what
   */
  public record Considerations(
      List<String> useCases, List<String> limitations, List<String> tradeoffs) {
    /** Copies the lists. */
    public Considerations {
      useCases = List.copyOf(useCases);
      limitations = List.copyOf(limitations);
      tradeoffs = List.copyOf(tradeoffs);
    }

    /** Says nothing. */
    public static Considerations none() {
      return new Considerations(List.of(), List.of(), List.of());
    }
  }

  /** A bill without considerations. */
  public MlBom(SignedRelease release) {
    this(release, Considerations.none());
  }

  /** Returns the canonical JSON. */
  public String toJson() {
    ReleaseManifest manifest = release.manifest();
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
    root.put("bomFormat", "CycloneDX").put("specVersion", "1.6").put("version", 1);
    root.put("serialNumber", "urn:uuid:" + serialNumber());
    ObjectNode metadata = root.putObject("metadata");
    metadata.put("timestamp", manifest.created().toString());
    tools(manifest.quantization(), metadata);
    model(manifest, metadata.putObject("component"));
    List<String> parts = components(manifest, root.putArray("components"));
    ObjectNode dependency = root.putArray("dependencies").addObject().put("ref", MODEL);
    write(parts, dependency.putArray("dependsOn"));
    return new String(CanonicalJson.write(root), StandardCharsets.UTF_8);
  }

  /** A version of a document gets a number of its own; the same release gets the same. */
  private UUID serialNumber() {
    return UUID.nameUUIDFromBytes(
        ("edgellm-ml-bom:" + release.rootDigest()).getBytes(StandardCharsets.UTF_8));
  }

  private static void tools(@Nullable Quantization quantization, ObjectNode metadata) {
    if (quantization != null) {
      metadata
          .putObject("tools")
          .putArray("components")
          .addObject()
          .put("type", "application")
          .put("bom-ref", "quantizer")
          .put("name", quantization.tool())
          .put("version", quantization.toolVersion());
    }
  }

  private void model(ReleaseManifest manifest, ObjectNode out) {
    ModelDescriptor descriptor = manifest.descriptor();
    out.put("type", "machine-learning-model").put("bom-ref", MODEL);
    out.put("name", manifest.model().value()).put("version", manifest.version().toString());
    put(
        out,
        "description",
        Optional.ofNullable(descriptor.description()).orElse(descriptor.title()));
    if (descriptor.vendor() != null) {
      out.putObject("supplier").put("name", descriptor.vendor());
    }
    if (!descriptor.authors().isEmpty()) {
      ArrayNode authors = out.putArray("authors");
      descriptor.authors().forEach(author -> authors.addObject().put("name", author));
    }
    hash(out, release.rootDigest());
    licenses(descriptor.licenses(), out);
    references(descriptor, out);
    if (manifest.quantization() != null) {
      baseModel(manifest.quantization(), descriptor, out.putObject("pedigree"));
    }
    card(manifest, out.putObject("modelCard"));
    properties(manifest, out.putArray("properties"));
  }

  /** Several licenses hold together: the standard has room for one expression. */
  private static void licenses(List<String> licenses, ObjectNode out) {
    if (!licenses.isEmpty()) {
      String expression =
          licenses.size() == 1 ? licenses.get(0) : "(" + String.join(") AND (", licenses) + ")";
      out.putArray("licenses").addObject().put("expression", expression);
    }
  }

  private static void references(ModelDescriptor descriptor, ObjectNode out) {
    ArrayNode references = JsonNodeFactory.instance.arrayNode();
    reference("documentation", descriptor.docUrl(), references);
    reference("source-distribution", descriptor.sourceUrl(), references);
    if (!references.isEmpty()) {
      out.set("externalReferences", references);
    }
  }

  private static void reference(String type, @Nullable String url, ArrayNode references) {
    if (url != null) {
      references.addObject().put("type", type).put("url", url);
    }
  }

  private static void baseModel(
      Quantization quantization, ModelDescriptor descriptor, ObjectNode pedigree) {
    ObjectNode base = pedigree.putArray("ancestors").addObject();
    base.put("type", "machine-learning-model").put("bom-ref", "base-model");
    base.put("name", Optional.ofNullable(descriptor.family()).orElse("base model"));
    put(base, "version", descriptor.revision());
    hash(base, quantization.sourceDigest());
    ArrayNode references = JsonNodeFactory.instance.arrayNode();
    reference("distribution", descriptor.sourceUrl(), references);
    if (!references.isEmpty()) {
      base.set("externalReferences", references);
    }
  }

  private void card(ReleaseManifest manifest, ObjectNode card) {
    new ModelCardJson(manifest).write(card);
    if (!considerations.equals(Considerations.none())) {
      ObjectNode out = card.putObject("considerations");
      texts(out, "useCases", considerations.useCases());
      texts(out, "technicalLimitations", considerations.limitations());
      texts(out, "performanceTradeoffs", considerations.tradeoffs());
    }
  }

  private static void properties(ReleaseManifest manifest, ArrayNode out) {
    property(out, "edgellm:format", manifest.format().label());
    property(out, "edgellm:rollbackIndex", Long.toString(manifest.rollbackIndex()));
    manifest.approvedBy().forEach(name -> property(out, "edgellm:approvedBy", name));
    Quantization quantization = manifest.quantization();
    if (quantization != null) {
      property(out, "edgellm:quantization:method", quantization.method());
      property(out, "edgellm:quantization:bits", Integer.toString(quantization.bits()));
      property(out, "edgellm:quantization:blockSize", Integer.toString(quantization.blockSize()));
      property(out, "edgellm:quantization:symmetric", Boolean.toString(quantization.symmetric()));
      quantization
          .knobs()
          .forEach((name, value) -> property(out, "edgellm:quantization:" + name, value));
    }
    for (Adapter adapter : manifest.adapters()) {
      property(out, "edgellm:adapter:" + adapter.name(), String.join(", ", adapter.files()));
    }
    manifest.provenance().forEach((name, value) -> property(out, "edgellm:fact:" + name, value));
  }

  private static void property(ArrayNode out, String name, String value) {
    out.addObject().put("name", name).put("value", value);
  }

  /** Writes what the model consists of and came from, and returns the references to it. */
  private List<String> components(ReleaseManifest manifest, ArrayNode out) {
    List<String> parts = new ArrayList<>();
    file(
        ReleaseManifest.FILE_NAME,
        "application/json",
        Sha256.of(release.manifestJson()),
        out,
        parts);
    for (Artifact file : manifest.files()) {
      file(file.path(), file.mediaType(), file.sha256(), out, parts);
    }
    Quantization quantization = manifest.quantization();
    if (quantization != null) {
      parts.add("base-model");
      parts.add("quantizer");
      if (quantization.calibrationDigest() != null) {
        data(ModelCardJson.CALIBRATION, "calibration data", quantization.calibrationDigest(), out);
        parts.add(ModelCardJson.CALIBRATION);
      }
    }
    Quality quality = manifest.quality();
    if (quality != null) {
      data(ModelCardJson.VALIDATION, quality.validationSet(), quality.validationDigest(), out);
      parts.add(ModelCardJson.VALIDATION);
    }
    return parts;
  }

  private static void file(
      String path, String mediaType, Sha256 digest, ArrayNode out, List<String> parts) {
    String reference = "file:" + path;
    ObjectNode file = out.addObject();
    file.put("type", "file").put("bom-ref", reference).put("name", path);
    file.put("mime-type", mediaType);
    hash(file, digest);
    parts.add(reference);
  }

  private static void data(String reference, String name, @Nullable Sha256 digest, ArrayNode out) {
    ObjectNode data = out.addObject();
    data.put("type", "data").put("bom-ref", reference).put("name", name);
    data.putArray("data").addObject().put("type", "dataset").put("name", name);
    if (digest != null) {
      hash(data, digest);
    }
  }

  private static void hash(ObjectNode out, Sha256 digest) {
    out.putArray("hashes").addObject().put("alg", "SHA-256").put("content", digest.hex());
  }

  private static void put(ObjectNode out, String name, @Nullable String value) {
    if (value != null) {
      out.put(name, value);
    }
  }

  private static void texts(ObjectNode out, String name, List<String> texts) {
    if (!texts.isEmpty()) {
      write(texts, out.putArray(name));
    }
  }

  private static void write(List<String> texts, ArrayNode out) {
    texts.forEach(out::add);
  }
}
