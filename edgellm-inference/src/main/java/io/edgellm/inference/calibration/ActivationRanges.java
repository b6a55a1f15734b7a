package io.edgellm.inference.calibration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.calibration.CalibrationException.Reason;
import io.edgellm.model.ModelException;
import io.edgellm.model.Sha256;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How large the numbers of some tensors became; immutable.
 *
 * <p>The last digits of ranges depend on the processor that computed them. Whoever needs the same
 * bytes on every machine keeps the ranges as {@link #toJson} and starts from them.
 *
 * @param method how they were found: {@link RangeMethod#label}
 * @param dataDigest of the calibration data: {@link CalibrationData#digest}
 * @param modelDigest of the graph and the weights that were watched, for no other model gives these
 *     numbers; null lets the ranges be used for any model, which is for whoever makes them by hand
 * @param ranges by the names of the tensors; those that are not 32-bit floating point, held nothing
 *     or something infinite have none
 */
public record ActivationRanges(
    String method,
    Sha256 dataDigest,
    @Nullable Sha256 modelDigest,
    SortedMap<String, ActivationRange> ranges) {

  /** Copies the map. */
  public ActivationRanges {
    ranges = Collections.unmodifiableSortedMap(new TreeMap<>(ranges));
  }

  /** Returns the range of a tensor, if it has one. */
  public Optional<ActivationRange> of(String tensor) {
    return Optional.ofNullable(ranges.get(tensor));
  }

  /** Returns the ranges as JSON, to be kept; the same ranges give the same text. */
  public String toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("method", method).put("dataSha256", dataDigest.hex());
    json.put("modelSha256", modelDigest == null ? null : modelDigest.hex());
    ObjectNode tensors = json.putObject("ranges");
    for (Map.Entry<String, ActivationRange> range : ranges.entrySet()) {
      tensors
          .putArray(range.getKey())
          .add(range.getValue().lowest())
          .add(range.getValue().highest());
    }
    return json.toPrettyString().replace("\r\n", "\n") + "\n";
  }

  /**
   * Reads what {@link #toJson} wrote, to the bit. Ranges for any model say so: their {@code
   * modelSha256} is null, not missing.
   *
   * @throws CalibrationException INVALID_DATA if it is something else
   */
  public static ActivationRanges fromJson(String text) {
    try {
      // As decimals: a 32-bit number that went through a 64-bit one could end up beside itself.
      JsonNode json =
          new ObjectMapper()
              .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
              .readTree(text);
      SortedMap<String, ActivationRange> ranges = new TreeMap<>();
      for (Map.Entry<String, JsonNode> range : json.path("ranges").properties()) {
        ranges.put(range.getKey(), range(range.getValue()));
      }
      Sha256 data = new Sha256(json.path("dataSha256").asText());
      return new ActivationRanges(json.path("method").asText(), data, model(json), ranges);
    } catch (JsonProcessingException | ModelException e) {
      throw unreadable(e);
    }
  }

  private static @Nullable Sha256 model(JsonNode json) {
    JsonNode digest = json.get("modelSha256");
    if (digest == null) {
      throw unreadable(null);
    }
    return digest.isNull() ? null : new Sha256(digest.asText());
  }

  private static ActivationRange range(JsonNode ends) {
    if (ends.size() != 2 || !ends.get(0).isNumber() || !ends.get(1).isNumber()) {
      throw unreadable(null);
    }
    return new ActivationRange(
        ends.get(0).decimalValue().floatValue(), ends.get(1).decimalValue().floatValue());
  }

  private static CalibrationException unreadable(@Nullable Throwable cause) {
    return new CalibrationException(
        Reason.INVALID_DATA, "These are no activation ranges; calibrate anew.", null, cause);
  }
}
