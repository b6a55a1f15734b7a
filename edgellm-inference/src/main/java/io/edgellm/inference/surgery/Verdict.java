package io.edgellm.inference.surgery;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.model.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What comparing a graph with its changed forms showed.
 *
 * @param weights whether the weights of a single file may be mapped
 * @param head whether the head may be pruned
 * @param cache whether the cache may be kept in bytes
 * @param scales the scales of such a cache; empty if it may not
 */
record Verdict(SurgeryStep weights, SurgeryStep head, SurgeryStep cache, CacheScales scales) {
  private static final int FORMAT = 1;

  /**
   * Returns the canonical JSON, with a digest of all the rest.
   *
   * @param key what it is true of
   */
  byte[] toJson(Sha256 key) {
    ObjectNode json = body(key);
    return CanonicalJson.write(json.put("digest", Sha256.of(CanonicalJson.write(json)).hex()));
  }

  /** Reads what {@link #toJson} wrote; empty if it is damaged or about something else. */
  static Optional<Verdict> read(byte[] bytes, Sha256 key) {
    try {
      JsonFields fields = JsonFields.of(StrictJson.parse(bytes));
      if (fields.integer("format") != FORMAT || !fields.text("key").equals(key.hex())) {
        return Optional.empty();
      }
      Verdict verdict =
          new Verdict(
              step(fields, "weights"),
              step(fields, "head"),
              step(fields, "cache"),
              scales(fields.object("scales")));
      boolean whole = Arrays.equals(bytes, verdict.toJson(key));
      return whole ? Optional.of(verdict) : Optional.empty();
    } catch (JsonFault | IllegalArgumentException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private ObjectNode body(Sha256 key) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("format", FORMAT).put("key", key.hex());
    for (SurgeryStep step : List.of(weights, head, cache)) {
      json.putObject(step.name())
          .put("outcome", step.outcome().name())
          .put("detail", step.detail());
    }
    ObjectNode all = json.putObject("scales");
    scales
        .channels()
        .forEach(
            (input, channels) ->
                all.putObject(input)
                    .put("heads", channels.heads())
                    .put("headSize", channels.headSize())
                    .put("most", encoded(channels.most())));
    return json;
  }

  private static SurgeryStep step(JsonFields fields, String name) throws JsonFault {
    JsonFields step = fields.object(name);
    return new SurgeryStep(
        name, SurgeryStep.Outcome.valueOf(step.text("outcome")), step.text("detail"));
  }

  private static CacheScales scales(JsonFields fields) throws JsonFault {
    Map<String, CacheScales.Channels> byInput = new TreeMap<>();
    for (var names = fields.json().fieldNames(); names.hasNext(); ) {
      String input = names.next();
      JsonFields channels = fields.object(input);
      byInput.put(
          input,
          new CacheScales.Channels(
              Math.toIntExact(channels.integer("heads")),
              Math.toIntExact(channels.integer("headSize")),
              decoded(channels.text("most"))));
    }
    return new CacheScales(byInput);
  }

  private static String encoded(FloatBuffer numbers) {
    ByteBuffer bytes =
        ByteBuffer.allocate(numbers.capacity() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(numbers.duplicate().clear());
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private static FloatBuffer decoded(String text) {
    return ByteBuffer.wrap(Base64.getDecoder().decode(text))
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer();
  }
}
