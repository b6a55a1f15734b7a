package io.edgellm.release;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.model.Capabilities.Modality;
import io.edgellm.model.ModelTraits;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.ReleaseManifest.Quality;
import io.edgellm.model.ReleaseManifest.Quantization;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/** The part of a bill of materials that says what a model is and how good it is. */
final class ModelCardJson {
  static final String CALIBRATION = "calibration-data";
  static final String VALIDATION = "validation-data";

  private final ReleaseManifest manifest;

  ModelCardJson(ReleaseManifest manifest) {
    this.manifest = manifest;
  }

  void write(ObjectNode card) {
    parameters(card.putObject("modelParameters"));
    Quality quality = manifest.quality();
    if (quality != null) {
      metrics(quality, card.putObject("quantitativeAnalysis").putArray("performanceMetrics"));
    }
  }

  private void parameters(ObjectNode out) {
    ModelTraits traits = manifest.traits();
    out.put("task", "text-generation");
    if (traits.architecture() != null) {
      out.put("architectureFamily", traits.architecture());
    }
    Quantization quantization = manifest.quantization();
    if (quantization != null && quantization.calibrationDigest() != null) {
      dataset(CALIBRATION, out);
    }
    if (manifest.quality() != null) {
      dataset(VALIDATION, out);
    }
    formats("inputs", traits.capabilities().inputTypes(), out);
    formats("outputs", traits.capabilities().outputTypes(), out);
  }

  private static void dataset(String reference, ObjectNode out) {
    out.withArray("datasets").addObject().put("ref", reference);
  }

  private static void formats(String name, List<Modality> modalities, ObjectNode out) {
    if (!modalities.isEmpty()) {
      ArrayNode formats = out.putArray(name);
      modalities.forEach(modality -> formats.addObject().put("format", modality.label()));
    }
  }

  private static void metrics(Quality quality, ArrayNode out) {
    metric("exact match", quality.exactMatch(), quality, out);
    metric("mean negative log-likelihood of the answers (nats)", quality.meanNll(), quality, out);
    metric("perplexity", quality.perplexity(), quality, out);
    if (quality.referenceNll() != null) {
      metric(
          "mean negative log-likelihood of the answers, full precision (nats)",
          quality.referenceNll(),
          quality,
          out);
    }
    if (quality.probes() > 0) {
      out.addObject()
          .put("type", "probes")
          .put("value", Integer.toString(quality.probes()))
          .put("slice", quality.validationSet());
    }
  }

  private static void metric(String type, double value, Quality quality, ArrayNode out) {
    BigDecimal sixDecimals = BigDecimal.valueOf(value).setScale(6, RoundingMode.HALF_EVEN);
    out.addObject()
        .put("type", type)
        .put("value", sixDecimals.toPlainString())
        .put("slice", quality.validationSet());
  }
}
