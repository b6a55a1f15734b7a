package io.edgellm.triton;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Inputs for one run of a model. Immutable, can be sent any number of times.
 *
 * @param model which model runs, in which version
 * @param id a name for the request that the answer repeats; null for none
 * @param inputs the inputs by name
 * @param outputs the outputs to return; empty for all
 * @param parameters what the model or the scheduler is told, such as {@code sequence_id}, {@code
 *     priority} or {@code timeout} (µs)
 */
public record InferRequest(
    ModelRef model,
    @Nullable String id,
    Map<String, Tensor> inputs,
    Set<String> outputs,
    Map<String, InferParameter> parameters) {

  public InferRequest {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    outputs = Collections.unmodifiableSet(new LinkedHashSet<>(outputs));
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    if (inputs.isEmpty()) {
      throw TritonException.invalid("A request needs an input.", "inputs");
    }
    for (String name : parameters.keySet()) {
      if (name.startsWith("triton_") || name.equals("binary_data_output")) {
        throw TritonException.invalid(
            "The parameter " + name + " is reserved for the protocol.", name);
      }
    }
  }

  /** Starts a request for a model. */
  public static Builder builder(ModelRef model) {
    return new Builder(model);
  }

  /** Collects the parts of a request. Not thread-safe. */
  public static final class Builder {
    private final ModelRef model;
    private final Map<String, Tensor> inputs = new LinkedHashMap<>();
    private final Set<String> outputs = new LinkedHashSet<>();
    private final Map<String, InferParameter> parameters = new LinkedHashMap<>();
    private @Nullable String id;

    private Builder(ModelRef model) {
      this.model = Objects.requireNonNull(model);
    }

    /** Names the request; the answer repeats the name. */
    public Builder id(String id) {
      this.id = Objects.requireNonNull(id);
      return this;
    }

    /**
     * Adds an input.
     *
     * @throws TritonException INVALID_REQUEST if there is one of this name
     */
    public Builder input(String name, Tensor tensor) {
      if (inputs.put(name, tensor) != null) {
        throw TritonException.invalid("There is already an input " + name + ".", name);
      }
      return this;
    }

    /** Asks for an output; without any, the model's outputs all come. */
    public Builder output(String name) {
      outputs.add(name);
      return this;
    }

    /** Sets a parameter. */
    public Builder parameter(String name, InferParameter value) {
      parameters.put(name, value);
      return this;
    }

    /**
     * Builds the request.
     *
     * @throws TritonException INVALID_REQUEST if it has no input or a parameter that is reserved
     */
    public InferRequest build() {
      return new InferRequest(model, id, inputs, outputs, parameters);
    }
  }
}
