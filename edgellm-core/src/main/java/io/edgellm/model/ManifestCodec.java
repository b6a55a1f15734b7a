package io.edgellm.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads and writes {@link ReleaseManifest}. */
final class ManifestCodec {
  private static final String SCHEMA = "edgellm.release/v1";
  private static final int MAX_BYTES = 16 << 20;

  private ManifestCodec() {}

  static byte[] write(ReleaseManifest m) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("schema", SCHEMA);
    root.put("model", m.model().value());
    root.put("version", m.version().toString());
    root.put("created", m.created().toString());
    root.put("format", m.format().label());
    ArrayNode files = root.putArray("files");
    m.files().forEach(f -> write(f, files.addObject()));
    RequirementsCodec.write(m.requirements(), root.putObject("requirements"));
    if (m.quantization() != null) {
      write(m.quantization(), root.putObject("quantization"));
    }
    if (m.quality() != null) {
      write(m.quality(), root.putObject("quality"));
    }
    ObjectNode provenance = root.putObject("provenance");
    m.provenance().forEach(provenance::put);
    root.put("rollbackIndex", m.rollbackIndex());
    write(m.approvedBy(), root.putArray("approvedBy"));
    if (!m.deltas().isEmpty()) {
      ArrayNode deltas = root.putArray("deltas");
      m.deltas().forEach(d -> write(d, deltas.addObject()));
    }
    DescriptionCodec.write(m.descriptor(), root);
    DescriptionCodec.write(m.traits(), root);
    if (!m.adapters().isEmpty()) {
      ArrayNode adapters = root.putArray("adapters");
      m.adapters().forEach(a -> write(a, adapters.addObject()));
    }
    if (m.tritonVersion() > 0) {
      root.put("tritonVersion", m.tritonVersion());
    }
    return CanonicalJson.write(root);
  }

  private static void write(Artifact f, ObjectNode out) {
    out.put("path", f.path());
    out.put("size", f.sizeBytes());
    out.put("sha256", f.sha256().hex());
    out.put("mediaType", f.mediaType());
    out.put("role", f.role().label());
    ArrayNode chunks = out.putArray("chunks");
    f.chunks().forEach(c -> chunks.add(c.hex()));
  }

  private static void write(Delta d, ObjectNode out) {
    out.put("base", d.base().hex());
    out.put("target", d.target().hex());
    write(d.file(), out.putObject("file"));
  }

  private static void write(ReleaseManifest.Quantization q, ObjectNode out) {
    out.put("method", q.method());
    out.put("bits", q.bits());
    out.put("blockSize", q.blockSize());
    out.put("symmetric", q.symmetric());
    write(q.excludedNodes(), out.putArray("excludedNodes"));
    out.put("tool", q.tool());
    out.put("toolVersion", q.toolVersion());
    out.put("sourceDigest", q.sourceDigest().hex());
    if (!q.knobs().isEmpty()) {
      ObjectNode knobs = out.putObject("knobs");
      q.knobs().forEach(knobs::put);
    }
    putDigest(out, "calibrationDigest", q.calibrationDigest());
  }

  private static void write(ReleaseManifest.Quality q, ObjectNode out) {
    out.put("exactMatch", sixDecimals(q.exactMatch()));
    out.put("meanNll", sixDecimals(q.meanNll()));
    out.put("perplexity", sixDecimals(q.perplexity()));
    out.put("validationSet", q.validationSet());
    if (q.probes() > 0) {
      out.put("probes", q.probes());
    }
    if (q.referenceNll() != null) {
      out.put("referenceNll", sixDecimals(q.referenceNll()));
    }
    putDigest(out, "validationDigest", q.validationDigest());
    putDigest(out, "verdictDigest", q.verdictDigest());
  }

  private static void write(Adapter a, ObjectNode out) {
    out.put("name", a.name());
    write(a.files(), out.putArray("files"));
  }

  static void write(List<String> texts, ArrayNode out) {
    texts.forEach(out::add);
  }

  static void putDigest(ObjectNode out, String name, @Nullable Sha256 digest) {
    if (digest != null) {
      out.put(name, digest.hex());
    }
  }

  private static BigDecimal sixDecimals(double value) {
    return BigDecimal.valueOf(value).setScale(6, RoundingMode.HALF_EVEN);
  }

  static ReleaseManifest readJson(byte[] utf8) {
    requireSize(utf8);
    try {
      return read(StrictJson.parse(utf8));
    } catch (JsonFault e) {
      throw refused(e);
    }
  }

  /** Apart, so that whoever has no YAML on the path can load, verify and use everything else. */
  private static final class Yaml {
    private Yaml() {}

    static ObjectMapper mapper() {
      return StrictJson.mapper(new YAMLFactory());
    }
  }

  static ReleaseManifest readYaml(byte[] utf8) {
    requireSize(utf8);
    try {
      return read(StrictJson.parse(Yaml.mapper(), utf8));
    } catch (JsonFault e) {
      throw refused(e);
    } catch (NoClassDefFoundError e) {
      throw new ModelException(
          ModelException.Reason.MISSING_DEPENDENCY,
          "Reading YAML needs com.fasterxml.jackson.dataformat:jackson-dataformat-yaml: add it to"
              + " the dependencies, or write the manifest as JSON.",
          null,
          e);
    }
  }

  private static void requireSize(byte[] utf8) {
    if (utf8.length > MAX_BYTES) {
      throw new ModelException(
          ModelException.Reason.MALFORMED,
          "The manifest has " + utf8.length + " bytes; more than 16 MiB is not a manifest.",
          null);
    }
  }

  static ModelException.Reason reason(JsonFault e) {
    return switch (e.kind()) {
      case MALFORMED -> ModelException.Reason.MALFORMED;
      case UNKNOWN_FIELD -> ModelException.Reason.UNKNOWN_FIELD;
      case MISSING_FIELD -> ModelException.Reason.MISSING_FIELD;
    };
  }

  private static ModelException refused(JsonFault e) {
    String advice =
        e.kind() == JsonFault.Kind.UNKNOWN_FIELD
            ? ". A field that this version does not know may restrict the release: update the"
                + " library, or remove the field and sign again."
            : ". Correct the manifest and publish it again.";
    return new ModelException(
        reason(e),
        "The manifest is refused at " + e.path() + ": " + e.getMessage() + advice,
        e.path(),
        e);
  }

  private static ReleaseManifest read(JsonNode node) throws JsonFault {
    JsonFields f = JsonFields.of(node);
    String schema = f.text("schema");
    if (!schema.equals(SCHEMA)) {
      throw new ModelException(
          ModelException.Reason.INVALID_VALUE,
          "The manifest says schema '" + schema + "', this version reads '" + SCHEMA + "'.",
          "schema");
    }
    List<Artifact> files = new ArrayList<>();
    for (JsonFields file : f.objects("files")) {
      files.add(readFile(file));
    }
    ReleaseManifest manifest =
        new ReleaseManifest(
            new ModelId(f.text("model")),
            ModelVersion.parse(f.text("version")),
            instant(f, "created"),
            format(f),
            files,
            RequirementsCodec.read(f.object("requirements")),
            readQuantization(f.objectOrNull("quantization")),
            readQuality(f.objectOrNull("quality")),
            f.textMap("provenance"),
            f.integer("rollbackIndex"),
            f.texts("approvedBy"),
            readDeltas(f),
            DescriptionCodec.readDescriptor(f.objectOrNull("descriptor")),
            DescriptionCodec.readTraits(f.objectOrNull("config")),
            readAdapters(f),
            f.integer("tritonVersion", 0));
    f.end();
    return manifest;
  }

  private static List<Delta> readDeltas(JsonFields f) throws JsonFault {
    List<Delta> deltas = new ArrayList<>();
    if (f.has("deltas")) {
      for (JsonFields d : f.objects("deltas")) {
        deltas.add(
            new Delta(
                new Sha256(d.text("base")),
                new Sha256(d.text("target")),
                readFile(d.object("file"))));
        d.end();
      }
    }
    return deltas;
  }

  private static List<Adapter> readAdapters(JsonFields f) throws JsonFault {
    List<Adapter> adapters = new ArrayList<>();
    if (f.has("adapters")) {
      for (JsonFields a : f.objects("adapters")) {
        adapters.add(new Adapter(a.text("name"), a.texts("files")));
        a.end();
      }
    }
    return adapters;
  }

  private static Artifact readFile(JsonFields f) throws JsonFault {
    List<Sha256> chunks = new ArrayList<>();
    for (String hex : f.texts("chunks")) {
      chunks.add(new Sha256(hex));
    }
    Artifact artifact =
        new Artifact(
            f.text("path"),
            f.integer("size"),
            new Sha256(f.text("sha256")),
            f.text("mediaType"),
            constant(Artifact.Role.class, f, "role"),
            chunks);
    f.end();
    return artifact;
  }

  private static ReleaseManifest.@Nullable Quantization readQuantization(@Nullable JsonFields f)
      throws JsonFault {
    if (f == null) {
      return null;
    }
    ReleaseManifest.Quantization q =
        new ReleaseManifest.Quantization(
            f.text("method"),
            smallInteger(f, "bits"),
            smallInteger(f, "blockSize"),
            f.bool("symmetric"),
            f.texts("excludedNodes"),
            f.text("tool"),
            f.text("toolVersion"),
            new Sha256(f.text("sourceDigest")),
            f.textMap("knobs"),
            digestOrNull(f, "calibrationDigest"));
    f.end();
    return q;
  }

  private static ReleaseManifest.@Nullable Quality readQuality(@Nullable JsonFields f)
      throws JsonFault {
    if (f == null) {
      return null;
    }
    ReleaseManifest.Quality q =
        new ReleaseManifest.Quality(
            f.decimal("exactMatch").doubleValue(),
            f.decimal("meanNll").doubleValue(),
            f.decimal("perplexity").doubleValue(),
            f.text("validationSet"),
            f.has("probes") ? smallInteger(f, "probes") : 0,
            f.has("referenceNll") ? f.decimal("referenceNll").doubleValue() : null,
            digestOrNull(f, "validationDigest"),
            digestOrNull(f, "verdictDigest"));
    f.end();
    return q;
  }

  private static ReleaseManifest.Format format(JsonFields f) throws JsonFault {
    return constant(ReleaseManifest.Format.class, f, "format");
  }

  private static <E extends Enum<E>> E constant(Class<E> type, JsonFields f, String name)
      throws JsonFault {
    return constant(type, f.text(name), f.at(name));
  }

  static <E extends Enum<E>> E constant(Class<E> type, String label, String path) {
    for (E e : type.getEnumConstants()) {
      if (e.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(label)) {
        return e;
      }
    }
    throw invalid(path, label);
  }

  static @Nullable Sha256 digestOrNull(JsonFields f, String name) throws JsonFault {
    return f.has(name) ? new Sha256(f.text(name)) : null;
  }

  static int smallInteger(JsonFields f, String name) throws JsonFault {
    long value = f.integer(name);
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw invalid(f.at(name), Long.toString(value));
    }
    return (int) value;
  }

  static Instant instant(JsonFields f, String name) throws JsonFault {
    String text = f.text(name);
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw invalid(f.at(name), text);
    }
  }

  static ModelException invalid(String path, String value) {
    return new ModelException(
        ModelException.Reason.INVALID_VALUE,
        "'" + value + "' is not allowed for '" + path + "': correct it.",
        path);
  }
}
