package io.edgellm.triton;

import io.edgellm.triton.TritonException.Reason;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a model answered.
 *
 * @param id the request's id; null if it had none
 * @param modelName the model that ran
 * @param modelVersion the version that ran; may be empty
 * @param parameters what the model adds to its outputs
 * @param outputs the outputs by name, in the model's order
 */
public record InferResult(
    @Nullable String id,
    String modelName,
    String modelVersion,
    Map<String, InferParameter> parameters,
    Map<String, Tensor> outputs) {

  public InferResult {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
  }

  /**
   * Returns an output.
   *
   * @throws TritonException NOT_FOUND if the answer has none of this name
   */
  public Tensor output(String name) {
    Tensor output = outputs.get(name);
    if (output == null) {
      throw new TritonException(
          Reason.NOT_FOUND, "The answer has the outputs " + outputs.keySet() + ".", name);
    }
    return output;
  }
}
