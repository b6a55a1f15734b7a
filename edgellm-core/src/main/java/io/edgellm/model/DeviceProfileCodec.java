package io.edgellm.model;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;

/** Reads and writes {@link DeviceProfile}. */
final class DeviceProfileCodec {
  private static final String SCHEMA = "edgellm.device/v1";
  private static final int MAX_BYTES = 1 << 20;

  private DeviceProfileCodec() {}

  static byte[] write(DeviceProfile d) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("schema", SCHEMA);
    root.put("architecture", d.architecture());
    root.put("operatingSystem", d.operatingSystem());
    root.put("runtime", d.runtime());
    root.put("runtimeVersion", d.runtimeVersion());
    root.put("availableRamBytes", d.availableRamBytes());
    RequirementsCodec.writeTexts(d.executionProviders(), "executionProviders", root);
    RequirementsCodec.writeTexts(d.accelerators(), "accelerators", root);
    RequirementsCodec.writeOpsets(d.opsets(), root);
    RequirementsCodec.writeTexts(d.customOps(), "customOps", root);
    return CanonicalJson.write(root);
  }

  static DeviceProfile read(byte[] utf8) {
    if (utf8.length > MAX_BYTES) {
      throw new ModelException(
          ModelException.Reason.MALFORMED,
          "The profile has " + utf8.length + " bytes; more than 1 MiB is not a profile.",
          null);
    }
    try {
      return read(JsonFields.of(StrictJson.parse(utf8)));
    } catch (JsonFault e) {
      throw new ModelException(
          ManifestCodec.reason(e),
          "The profile of the device is refused at "
              + e.path()
              + ": "
              + e.getMessage()
              + ". Correct the file.",
          e.path(),
          e);
    }
  }

  private static DeviceProfile read(JsonFields f) throws JsonFault {
    String schema = f.text("schema");
    if (!schema.equals(SCHEMA)) {
      throw ManifestCodec.invalid("schema", schema);
    }
    DeviceProfile profile =
        new DeviceProfile(
            f.text("architecture"),
            f.text("operatingSystem"),
            f.text("runtime"),
            f.text("runtimeVersion"),
            f.integer("availableRamBytes"),
            f.texts("executionProviders"),
            f.texts("accelerators"),
            RequirementsCodec.readOpsets(f),
            f.texts("customOps"));
    f.end();
    return profile;
  }
}
