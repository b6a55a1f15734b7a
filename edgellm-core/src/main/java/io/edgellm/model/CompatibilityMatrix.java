package io.edgellm.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which releases run on which kinds of devices, and which one each kind should take: the table to
 * look at before a rollout.
 *
 * @param releases the releases
 * @param devices the kinds of devices by name, in the order of the table
 */
public record CompatibilityMatrix(
    List<ReleaseManifest> releases, Map<String, DeviceProfile> devices) {
  private static final String FITS = "yes";
  private static final String PREFERRED = "preferred";

  /** Copies the collections; the order of the devices is kept. */
  public CompatibilityMatrix {
    releases = List.copyOf(releases);
    devices = Collections.unmodifiableMap(new LinkedHashMap<>(devices));
  }

  /** Returns how the releases rank for a kind of device. */
  private VariantRanking ranking(DeviceProfile device) {
    return VariantRanking.of(releases, device);
  }

  /**
   * Returns the release that each kind of device should take; kinds that none fits are left out.
   */
  public Map<String, ReleaseManifest> preferred() {
    Map<String, ReleaseManifest> preferred = new LinkedHashMap<>();
    devices.forEach(
        (name, device) -> ranking(device).preferred().ifPresent(r -> preferred.put(name, r)));
    return preferred;
  }

  /**
   * Returns the table for people: under each kind of device a line for each release, the preferred
   * one first, with every reason against it.
   */
  public String toText() {
    StringBuilder text = new StringBuilder();
    devices.forEach(
        (name, device) -> {
          text.append(name).append('\n');
          append(ranking(device), text);
        });
    return text.toString();
  }

  private static void append(VariantRanking ranking, StringBuilder text) {
    for (VariantRanking.Candidate candidate : ranking.candidates()) {
      text.append("  ")
          .append(mark(candidate, ranking))
          .append("  ")
          .append(candidate.release().title())
          .append(": ")
          .append(candidate.describe())
          .append('\n');
    }
  }

  /** Returns the table as canonical JSON. */
  public byte[] toJson() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    devices.forEach((name, device) -> write(ranking(device), root.putObject(name)));
    return CanonicalJson.write(root);
  }

  private static void write(VariantRanking ranking, ObjectNode out) {
    ranking.preferred().ifPresent(r -> out.put(PREFERRED, r.version().toString()));
    ArrayNode releases = out.putArray("releases");
    for (VariantRanking.Candidate candidate : ranking.candidates()) {
      ObjectNode entry = releases.addObject();
      entry.put("model", candidate.release().model().value());
      entry.put("version", candidate.release().version().toString());
      entry.put("fits", candidate.compatibility().fits());
      ManifestCodec.write(candidate.compatibility().reasons(), entry.putArray("reasons"));
      entry.put("explanation", candidate.describe());
    }
  }

  private static String mark(VariantRanking.Candidate candidate, VariantRanking ranking) {
    Optional<ReleaseManifest> preferred = ranking.preferred();
    if (preferred.isPresent() && preferred.get().equals(candidate.release())) {
      return PREFERRED;
    }
    return candidate.compatibility().fits() ? FITS : "no";
  }
}
