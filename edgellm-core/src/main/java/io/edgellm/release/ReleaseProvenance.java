package io.edgellm.release;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.ReleaseManifest.Quality;
import io.edgellm.model.ReleaseManifest.Quantization;
import io.edgellm.model.Sha256;
import io.edgellm.trust.sigstore.SlsaProvenance;
import io.edgellm.trust.sigstore.SlsaProvenance.Dependency;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a release was built, as SLSA provenance: the manifest says what went in and with which
 * settings, a {@link BuildIdentity} says who did it. {@link ReleaseSigner#attest} signs it, about
 * the root digest of the release.
 *
 * <p>The build type {@value #BUILD_TYPE} means: {@code release} names model and version, {@code
 * recipe} holds every setting of the quantization, {@code workflow} the pipeline. Dependencies are
 * the base model, the quantizer, the data of calibration and validation, and the pipeline's
 * sources; the judged report is a byproduct. The same facts give the same text.
 */
public final class ReleaseProvenance {
  /** The build type of a release that was made of a model directory. */
  public static final String BUILD_TYPE = "urn:edgellm:build:release:v1";

  private final ReleaseManifest manifest;
  private final BuildIdentity build;

  private ReleaseProvenance(ReleaseManifest manifest, BuildIdentity build) {
    this.manifest = manifest;
    this.build = build;
  }

  /** Returns how a release was built. */
  public static SlsaProvenance of(ReleaseManifest manifest, BuildIdentity build) {
    ReleaseProvenance provenance = new ReleaseProvenance(manifest, build);
    return new SlsaProvenance(
        BUILD_TYPE,
        build.builderId(),
        provenance.parameters(),
        provenance.dependencies(),
        build.invocationId(),
        provenance.byproducts());
  }

  private String parameters() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.putObject("release")
        .put("model", manifest.model().value())
        .put("version", manifest.version().toString());
    if (manifest.quantization() != null) {
      recipe(manifest.quantization(), root.putObject("recipe"));
    }
    if (!build.workflow().isEmpty()) {
      ObjectNode workflow = root.putObject("workflow");
      build.workflow().forEach(workflow::put);
    }
    return new String(CanonicalJson.write(root), StandardCharsets.UTF_8);
  }

  private static void recipe(Quantization quantization, ObjectNode out) {
    out.put("method", quantization.method());
    out.put("bits", quantization.bits());
    out.put("blockSize", quantization.blockSize());
    out.put("symmetric", quantization.symmetric());
    quantization.excludedNodes().forEach(out.putArray("excludedNodes")::add);
    ObjectNode knobs = out.putObject("knobs");
    quantization.knobs().forEach(knobs::put);
  }

  private List<Dependency> dependencies() {
    List<Dependency> dependencies = new ArrayList<>();
    Quantization quantization = manifest.quantization();
    if (quantization != null) {
      add(
          "base model",
          manifest.descriptor().sourceUrl(),
          quantization.sourceDigest(),
          dependencies);
      dependencies.add(
          new Dependency(
              "quantizer",
              "pkg:generic/" + quantization.tool() + "@" + quantization.toolVersion(),
              Map.of()));
      add("calibration data", null, quantization.calibrationDigest(), dependencies);
    }
    Quality quality = manifest.quality();
    if (quality != null) {
      add("validation data", null, quality.validationDigest(), dependencies);
    }
    dependencies.addAll(build.sources());
    return dependencies;
  }

  private List<Dependency> byproducts() {
    List<Dependency> byproducts = new ArrayList<>();
    if (manifest.quality() != null) {
      add("verdict", null, manifest.quality().verdictDigest(), byproducts);
    }
    return byproducts;
  }

  private static void add(
      String name, @Nullable String uri, @Nullable Sha256 digest, List<Dependency> out) {
    if (digest != null) {
      out.add(new Dependency(name, uri, Map.of("sha256", digest.hex())));
    }
  }
}
