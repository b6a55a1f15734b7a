package io.edgellm.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@link Requirements}. What demands nothing is left out, so that a release of
 * which nothing new is said has the bytes that it always had.
 */
final class RequirementsCodec {
  private RequirementsCodec() {}

  static void write(Requirements r, ObjectNode out) {
    ManifestCodec.write(r.architectures(), out.putArray("architectures"));
    ManifestCodec.write(r.operatingSystems(), out.putArray("operatingSystems"));
    out.put("runtime", r.runtime());
    out.put("minRuntimeVersion", r.minRuntimeVersion());
    out.put("minRamBytes", r.minRamBytes());
    out.put("contextLength", r.contextLength());
    if (r.maxRuntimeVersion() != null) {
      out.put("maxRuntimeVersion", r.maxRuntimeVersion());
    }
    if (!r.otherRuntimes().isEmpty()) {
      ArrayNode runtimes = out.putArray("otherRuntimes");
      r.otherRuntimes().forEach(range -> write(range, runtimes.addObject()));
    }
    writeOpsets(r.opsets(), out);
    writeTexts(r.executionProviders(), "executionProviders", out);
    writeTexts(r.customOps(), "customOps", out);
    if (r.accelerator() != null) {
      out.put("accelerator", r.accelerator());
    }
    if (r.memory() != null) {
      write(r.memory(), out.putObject("memory"));
    }
    ManifestCodec.putDigest(out, "tokenizerDigest", r.tokenizerDigest());
    ManifestCodec.putDigest(out, "chatTemplateDigest", r.chatTemplateDigest());
  }

  private static void write(RuntimeRange range, ObjectNode out) {
    out.put("name", range.name()).put("minVersion", range.minVersion());
    if (range.maxVersion() != null) {
      out.put("maxVersion", range.maxVersion());
    }
  }

  private static void write(MemoryNeed memory, ObjectNode out) {
    out.put("weightsBytes", memory.weightsBytes());
    out.put("kvBytesPerToken", memory.kvBytesPerToken());
    out.put("peakBytes", memory.peakBytes());
  }

  static void writeOpsets(Map<String, Integer> opsets, ObjectNode out) {
    if (!opsets.isEmpty()) {
      ObjectNode versions = out.putObject("opsets");
      opsets.forEach(versions::put);
    }
  }

  static void writeTexts(List<String> texts, String name, ObjectNode out) {
    if (!texts.isEmpty()) {
      ManifestCodec.write(texts, out.putArray(name));
    }
  }

  static Requirements read(JsonFields f) throws JsonFault {
    Requirements r =
        new Requirements(
            f.texts("architectures"),
            f.texts("operatingSystems"),
            f.text("runtime"),
            f.text("minRuntimeVersion"),
            f.integer("minRamBytes"),
            ManifestCodec.smallInteger(f, "contextLength"),
            f.textOrNull("maxRuntimeVersion"),
            readRuntimes(f),
            readOpsets(f),
            f.texts("executionProviders"),
            f.texts("customOps"),
            f.textOrNull("accelerator"),
            readMemory(f.objectOrNull("memory")),
            ManifestCodec.digestOrNull(f, "tokenizerDigest"),
            ManifestCodec.digestOrNull(f, "chatTemplateDigest"));
    f.end();
    return r;
  }

  private static List<RuntimeRange> readRuntimes(JsonFields f) throws JsonFault {
    List<RuntimeRange> runtimes = new ArrayList<>();
    if (f.has("otherRuntimes")) {
      for (JsonFields r : f.objects("otherRuntimes")) {
        runtimes.add(
            new RuntimeRange(r.text("name"), r.text("minVersion"), r.textOrNull("maxVersion")));
        r.end();
      }
    }
    return runtimes;
  }

  static Map<String, Integer> readOpsets(JsonFields f) throws JsonFault {
    Map<String, Integer> opsets = new TreeMap<>();
    JsonFields versions = f.objectOrNull("opsets");
    if (versions != null) {
      JsonNode json = versions.json();
      for (Iterator<String> domains = json.fieldNames(); domains.hasNext(); ) {
        String domain = domains.next();
        opsets.put(domain, ManifestCodec.smallInteger(versions, domain));
      }
    }
    return opsets;
  }

  private static @Nullable MemoryNeed readMemory(@Nullable JsonFields f) throws JsonFault {
    if (f == null) {
      return null;
    }
    MemoryNeed memory =
        new MemoryNeed(
            f.integer("weightsBytes"), f.integer("kvBytesPerToken"), f.integer("peakBytes", 0));
    f.end();
    return memory;
  }
}
