package io.edgellm.triton;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a load takes from the request instead of from the model repository. Immutable.
 *
 * <p>On Triton an overriding configuration stays in force for later plain loads of the model, while
 * overriding files hold for the one load only.
 */
public final class LoadOverrides {
  private final String config;
  private final Map<String, byte[]> files;

  private LoadOverrides(String config, Map<String, byte[]> files) {
    this.config = config;
    this.files = files;
  }

  /**
   * Overrides the configuration.
   *
   * @param json the model configuration as JSON text
   * @throws TritonException INVALID_REQUEST if it is not a JSON object
   */
  public static LoadOverrides config(String json) {
    try {
      if (!Json.READER.readTree(json).isObject()) {
        throw TritonException.invalid("The model configuration must be a JSON object.", "config");
      }
    } catch (JsonProcessingException e) {
      throw TritonException.invalid("The model configuration must be JSON.", "config");
    }
    return new LoadOverrides(json, Map.of());
  }

  /**
   * Adds a file of a version directory. Its bytes are copied, and sent in base64: for small files.
   *
   * @param version the version directory
   * @param fileName the file's name in it
   * @throws TritonException INVALID_REQUEST if the name cannot stand in a path
   */
  public LoadOverrides withFile(long version, String fileName, byte[] content) {
    ModelRef.requireSegment("file name", fileName);
    Map<String, byte[]> all = new LinkedHashMap<>(files);
    all.put("file:" + version + "/" + fileName, Arrays.copyOf(content, content.length));
    return new LoadOverrides(config, all);
  }

  byte[] body() {
    ObjectNode parameters = JsonNodeFactory.instance.objectNode();
    parameters.put("config", config);
    files.forEach(
        (name, content) -> parameters.put(name, Base64.getEncoder().encodeToString(content)));
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.set("parameters", parameters);
    return Json.write(body);
  }
}
