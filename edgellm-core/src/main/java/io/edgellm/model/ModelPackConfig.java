package io.edgellm.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import java.util.List;
import java.util.Optional;

/**
 * A release in the words of the <a
 * href="https://github.com/modelpack/model-spec/blob/main/docs/config.md">CNCF ModelPack
 * configuration</a>, as a registry keeps it. It says what the manifest says and nothing else.
 *
 * @param release the release
 * @param layers the digests of the layers of the artifact in their order; at least one
 */
public record ModelPackConfig(ReleaseManifest release, List<Sha256> layers) {
  /** The media type. */
  public static final String MEDIA_TYPE = "application/vnd.cncf.model.config.v1+json";

  /** Refuses an artifact without layers, which the specification forbids. */
  public ModelPackConfig {
    layers = List.copyOf(layers);
    if (layers.isEmpty()) {
      throw new ModelException(
          ModelException.Reason.INVALID_VALUE,
          "An artifact of a registry has at least one layer.",
          "modelfs.diffIds");
    }
  }

  /** Returns the canonical JSON: the same release and layers always give the same bytes. */
  public byte[] toJson() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    ObjectNode descriptor = root.putObject("descriptor");
    descriptor.put("createdAt", release.created().toString());
    descriptor.put("name", release.model().value());
    descriptor.put("version", release.version().toString());
    DescriptionCodec.putFields(release.descriptor(), descriptor);
    write(release.traits(), root.putObject("config"));
    ArrayNode digests = root.putObject("modelfs").put("type", "layers").putArray("diffIds");
    layers.forEach(layer -> digests.add("sha256:" + layer.hex()));
    return CanonicalJson.write(root);
  }

  private void write(ModelTraits traits, ObjectNode out) {
    Optional.ofNullable(traits.architecture()).ifPresent(a -> out.put("architecture", a));
    out.put("format", "onnx");
    traits.paramSize().ifPresent(size -> out.put("paramSize", size));
    Optional.ofNullable(traits.precision()).ifPresent(p -> out.put("precision", p));
    Optional.ofNullable(release.quantization()).ifPresent(q -> out.put("quantization", q.method()));
    DescriptionCodec.write(traits.capabilities(), out);
  }
}
