package io.edgellm.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.model.Capabilities.Modality;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes what a manifest shares with a CNCF ModelPack configuration, under the names of
 * that specification. What says nothing is left out.
 */
final class DescriptionCodec {
  private DescriptionCodec() {}

  static void write(ModelDescriptor d, ObjectNode root) {
    if (!d.equals(ModelDescriptor.unknown())) {
      putFields(d, root.putObject("descriptor"));
    }
  }

  static void write(ModelTraits t, ObjectNode root) {
    if (!t.equals(ModelTraits.unknown())) {
      ObjectNode out = root.putObject("config");
      put(out, "architecture", t.architecture());
      if (t.parameterCount() > 0) {
        out.put("parameterCount", t.parameterCount());
      }
      put(out, "precision", t.precision());
      write(t.capabilities(), out);
    }
  }

  static void putFields(ModelDescriptor d, ObjectNode out) {
    RequirementsCodec.writeTexts(d.authors(), "authors", out);
    put(out, "vendor", d.vendor());
    put(out, "family", d.family());
    put(out, "title", d.title());
    put(out, "description", d.description());
    put(out, "docURL", d.docUrl());
    put(out, "sourceURL", d.sourceUrl());
    RequirementsCodec.writeTexts(d.datasetUrls(), "datasetsURL", out);
    put(out, "revision", d.revision());
    RequirementsCodec.writeTexts(d.licenses(), "licenses", out);
  }

  static void write(Capabilities c, ObjectNode config) {
    if (c.equals(Capabilities.unknown())) {
      return;
    }
    ObjectNode out = config.putObject("capabilities");
    RequirementsCodec.writeTexts(labels(c.inputTypes()), "inputTypes", out);
    RequirementsCodec.writeTexts(labels(c.outputTypes()), "outputTypes", out);
    if (c.knowledgeCutoff() != null) {
      out.put("knowledgeCutoff", c.knowledgeCutoff().toString());
    }
    put(out, "reasoning", c.reasoning());
    put(out, "toolUsage", c.toolUsage());
    put(out, "reward", c.reward());
    RequirementsCodec.writeTexts(c.languages(), "languages", out);
  }

  private static List<String> labels(List<Modality> modalities) {
    return modalities.stream().map(Modality::label).toList();
  }

  private static void put(ObjectNode out, String name, @Nullable String value) {
    if (value != null) {
      out.put(name, value);
    }
  }

  private static void put(ObjectNode out, String name, @Nullable Boolean value) {
    if (value != null) {
      out.put(name, value);
    }
  }

  static ModelDescriptor readDescriptor(@Nullable JsonFields f) throws JsonFault {
    if (f == null) {
      return ModelDescriptor.unknown();
    }
    ModelDescriptor descriptor =
        new ModelDescriptor(
            f.texts("authors"),
            f.textOrNull("vendor"),
            f.textOrNull("family"),
            f.textOrNull("title"),
            f.textOrNull("description"),
            f.textOrNull("docURL"),
            f.textOrNull("sourceURL"),
            f.texts("datasetsURL"),
            f.textOrNull("revision"),
            f.texts("licenses"));
    f.end();
    return descriptor;
  }

  static ModelTraits readTraits(@Nullable JsonFields f) throws JsonFault {
    if (f == null) {
      return ModelTraits.unknown();
    }
    ModelTraits traits =
        new ModelTraits(
            f.textOrNull("architecture"),
            f.integer("parameterCount", 0),
            f.textOrNull("precision"),
            readCapabilities(f.objectOrNull("capabilities")));
    f.end();
    return traits;
  }

  private static Capabilities readCapabilities(@Nullable JsonFields f) throws JsonFault {
    if (f == null) {
      return Capabilities.unknown();
    }
    Capabilities capabilities =
        new Capabilities(
            modalities(f, "inputTypes"),
            modalities(f, "outputTypes"),
            f.has("knowledgeCutoff") ? ManifestCodec.instant(f, "knowledgeCutoff") : null,
            boolOrNull(f, "reasoning"),
            boolOrNull(f, "toolUsage"),
            boolOrNull(f, "reward"),
            f.texts("languages"));
    f.end();
    return capabilities;
  }

  private static List<Modality> modalities(JsonFields f, String name) throws JsonFault {
    List<Modality> out = new ArrayList<>();
    for (String label : f.texts(name)) {
      out.add(ManifestCodec.constant(Modality.class, label, f.at(name)));
    }
    return out;
  }

  private static @Nullable Boolean boolOrNull(JsonFields f, String name) throws JsonFault {
    return f.has(name) ? f.bool(name) : null;
  }
}
