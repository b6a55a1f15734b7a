package io.edgellm.examples.quickstart;

import io.edgellm.inference.drift.DriftMaterial;
import io.edgellm.inference.drift.DriftMeter;
import io.edgellm.inference.drift.DriftReport;
import io.edgellm.inference.drift.OnnxTeacherForced;
import io.edgellm.inference.quantize.ModelQuantizer;
import io.edgellm.inference.quantize.QuantizationReport;
import io.edgellm.model.ModelId;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Requirements;
import io.edgellm.release.PublishedRelease;
import io.edgellm.release.ReleaseBuilder;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.tuf.TufVersions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The publishing side: what a CI job would do with a full-precision model. */
final class Pipeline {
  private static final int THREADS = 2;

  private final SampleModel sample;
  private final Path work;
  private final Screen screen;
  private final Map<Variant, QuantizationReport> quantized = new LinkedHashMap<>();
  private final Map<Variant, DriftReport> drift = new LinkedHashMap<>();

  /**
   * @param sample the full-precision model
   * @param work where quantized models go
   * @param screen hears progress
   */
  Pipeline(SampleModel sample, Path work, Screen screen) {
    this.sample = sample;
    this.work = work;
    this.screen = screen;
  }

  /** Quantizes every variant. */
  void quantize() throws IOException {
    Files.createDirectories(work);
    for (Variant variant : Variant.ALL) {
      QuantizationReport report =
          new ModelQuantizer(variant.recipe())
              .quantize(
                  sample.fp32(),
                  directory(variant),
                  p ->
                      screen.progress(
                          "quantize " + variant.name(),
                          p.number(),
                          p.count(),
                          Screen.bytes(p.sourceBytesDone())),
                  () -> false);
      Files.copy(sample.probes(), directory(variant).resolve("golden-prompts.jsonl"));
      quantized.put(variant, report);
    }
  }

  /** Holds every variant against the full-precision source. */
  Map<Variant, DriftReport> measureDrift() throws IOException {
    DriftMaterial material = sample.driftMaterial();
    try (OnnxTeacherForced reference =
        OnnxTeacherForced.open(sample.fp32().resolve("model.onnx"), THREADS)) {
      for (Variant variant : Variant.ALL) {
        try (OnnxTeacherForced candidate =
            OnnxTeacherForced.open(directory(variant).resolve("model.onnx"), THREADS)) {
          drift.put(
              variant,
              new DriftMeter(reference, candidate)
                  .measure(
                      material,
                      (done, total) ->
                          screen.progress("drift of " + variant.name(), done, total, ""),
                      () -> false));
        }
      }
    }
    return drift;
  }

  /** Prints the drift as a table. */
  void printDrift() {
    screen.say(
        String.format(
            Locale.ROOT,
            "%-30s %10s %10s %8s %8s %10s",
            "version",
            "perplexity",
            "vs fp32",
            "mean KL",
            "same top",
            "probes"));
    drift.forEach(
        (variant, d) ->
            screen.say(
                String.format(
                    Locale.ROOT,
                    "%-30s %10.4f %9.3fx %8.4f %7.1f%% %6d/%d",
                    variant.version() + " " + variant.name().replaceAll(",.*", ""),
                    d.all().candidate(),
                    d.all().ratio(),
                    d.divergence().mean(),
                    100 * d.sameBest(),
                    d.probes().candidateRight(),
                    d.probes().probes())));
  }

  /** Signs a variant, uploads it, and says that it is current. */
  void publish(Variant variant, Publisher publisher) {
    SignedRelease signed = publisher.sign(describe(publisher.line(), variant));
    PublishedRelease published =
        publisher.upload(
            signed,
            directory(variant),
            (artifact, done, total) ->
                screen.progress("publish " + variant.version(), done, total, Screen.bytes(total)));
    TufVersions current = publisher.announce(signed);
    screen.say(
        signed.manifest().files().size()
            + " files, new "
            + Screen.bytes(published.writtenBytes())
            + ", already there "
            + Screen.bytes(published.reusedBytes())
            + "; current by timestamp "
            + current.timestamp()
            + ", snapshot "
            + current.snapshot());
  }

  private ReleaseManifest describe(ModelId model, Variant variant) {
    QuantizationReport report = quantized.get(variant);
    DriftReport measured = drift.get(variant);
    if (report == null || measured == null) {
      throw new IllegalStateException("Quantize and measure before publishing.");
    }
    double probes = measured.probes().probes();
    // The reference is what the full-precision source reaches: what every build of it is held to.
    ReleaseManifest.Quality expected =
        new ReleaseManifest.Quality(
            measured.probes().referenceRight() / probes,
            Math.log(measured.answers().reference()),
            measured.all().reference(),
            "probes.jsonl, answered by the fp32 source");
    return ReleaseBuilder.of(
            directory(variant),
            model,
            variant.version(),
            ReleaseManifest.Format.ONNX_GENAI,
            new Requirements(List.of(), List.of(), "onnxruntime", "1.20", 64L << 20, 512))
        .quantization(report.manifestEntry())
        .quality(expected)
        .provenance("pipeline", "quickstart")
        .provenance("source", "EdgeLLM sample model, fp32")
        .provenance("licence", "Apache-2.0")
        .approvedBy("quickstart")
        .build();
  }

  private Path directory(Variant variant) {
    return work.resolve(variant.version().toString());
  }
}
