package io.edgellm.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.model.ModelException;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** The bytes of {@code state.json}: canonical JSON with a CRC-32C over the other fields. */
final class StateCodec {
  private static final String SCHEMA = "edgellm.state/v1";
  private static final String CRC = "crc32c";

  private StateCodec() {}

  static byte[] write(ModelState state) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("schema", SCHEMA);
    root.put("model", state.model().value());
    root.put("generation", state.generation());
    if (state.current() != null) {
      root.put("current", state.current().toString());
    }
    if (state.previous() != null) {
      root.put("previous", state.previous().toString());
    }
    if (state.factory() != null) {
      root.put("factory", state.factory().toString());
    }
    root.put("status", state.status().label());
    root.put("attempts", state.attempts());
    ArrayNode pins = root.putArray("pins");
    state.pins().forEach(p -> pins.add(p.toString()));
    root.put("rollbackFloor", state.rollbackFloor());
    if (!state.proven().isEmpty()) {
      ArrayNode proven = root.putArray("proven");
      state.proven().forEach(v -> proven.add(v.toString()));
    }
    root.put(CRC, crc(root));
    return CanonicalJson.write(root);
  }

  /** Reads a state; empty if the bytes are not one, of this model. */
  static Optional<ModelState> read(ModelId model, byte[] bytes) {
    try {
      JsonNode node = StrictJson.parse(bytes);
      if (!(node instanceof ObjectNode root) || !root.path(CRC).isTextual()) {
        return Optional.empty();
      }
      String crc = root.remove(CRC).textValue();
      return crc.equals(crc(root))
          ? Optional.of(read(JsonFields.of(root))).filter(s -> s.model().equals(model))
          : Optional.empty();
    } catch (JsonFault | ModelException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static ModelState read(JsonFields f) throws JsonFault {
    if (!f.text("schema").equals(SCHEMA)) {
      throw new IllegalArgumentException("unknown schema");
    }
    Set<ModelVersion> pins = new TreeSet<>();
    f.texts("pins").forEach(p -> pins.add(ModelVersion.parse(p)));
    List<ModelVersion> proven = new ArrayList<>();
    f.texts("proven").forEach(v -> proven.add(ModelVersion.parse(v)));
    ModelState state =
        new ModelState(
            new ModelId(f.text("model")),
            f.integer("generation"),
            version(f.textOrNull("current")),
            version(f.textOrNull("previous")),
            version(f.textOrNull("factory")),
            status(f.text("status")),
            attempts(f.integer("attempts")),
            pins,
            f.integer("rollbackFloor"),
            proven);
    f.end();
    if ((state.current() == null) != (state.status() == ModelState.Status.NONE)) {
      throw new IllegalArgumentException("status without a version");
    }
    return state;
  }

  private static int attempts(long value) {
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("attempts out of range");
    }
    return (int) value;
  }

  private static @Nullable ModelVersion version(@Nullable String text) {
    return text == null ? null : ModelVersion.parse(text);
  }

  private static ModelState.Status status(String label) {
    for (ModelState.Status status : ModelState.Status.values()) {
      if (status.label().equals(label)) {
        return status;
      }
    }
    throw new IllegalArgumentException("unknown status");
  }

  /** Returns the CRC-32C of an object that does not have it yet. */
  static String crc(ObjectNode root) {
    CRC32C crc = new CRC32C();
    crc.update(CanonicalJson.write(root));
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }
}
