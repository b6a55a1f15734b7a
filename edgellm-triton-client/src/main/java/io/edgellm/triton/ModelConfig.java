package io.edgellm.triton;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/**
 * The configuration that a server completed for a model: what the configuration file says, plus
 * what the server derived from the model.
 *
 * @param name the model's name
 * @param platform the framework, such as {@code onnxruntime_onnx}; may be empty
 * @param backend the back end, such as {@code onnxruntime}; may be empty
 * @param maxBatchSize the largest batch, 0 if the model's shapes have no batch dimension of their
 *     own
 * @param versionPolicy which version directories are served
 * @param inputs the inputs, without the batch dimension where {@code maxBatchSize} is positive
 * @param outputs the outputs, likewise
 * @param instanceGroups how many copies of the model run, and where
 * @param decoupled whether a request may have any number of responses
 * @param parameters the back end's parameters
 * @param json the whole configuration as the server sent it
 */
public record ModelConfig(
    String name,
    String platform,
    String backend,
    long maxBatchSize,
    VersionPolicy versionPolicy,
    List<TensorConfig> inputs,
    List<TensorConfig> outputs,
    List<InstanceGroup> instanceGroups,
    boolean decoupled,
    Map<String, String> parameters,
    String json) {

  public ModelConfig {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    instanceGroups = List.copyOf(instanceGroups);
    parameters = Map.copyOf(parameters);
  }

  /**
   * One input or output.
   *
   * @param name the tensor's name
   * @param type the element type
   * @param dims the dimensions, −1 for one that varies
   */
  public record TensorConfig(String name, DataType type, List<Long> dims) {
    public TensorConfig {
      dims = List.copyOf(dims);
    }

    static TensorConfig of(Fields tensor) {
      return new TensorConfig(
          tensor.text("name"),
          DataType.ofConfig(tensor.text("data_type"), tensor.at()),
          tensor.wholes("dims"));
    }
  }

  /**
   * Copies of the model.
   *
   * @param name the group's name
   * @param kind where they run, such as {@code KIND_CPU}
   * @param count how many
   */
  public record InstanceGroup(String name, String kind, long count) {
    static InstanceGroup of(Fields group) {
      return new InstanceGroup(
          group.textOr("name", ""), group.textOr("kind", "KIND_AUTO"), group.wholeOr("count", 1));
    }
  }

  static ModelConfig of(JsonNode answer, String path) {
    Fields config = Fields.of(answer, path);
    return new ModelConfig(
        config.text("name"),
        config.textOr("platform", ""),
        config.textOr("backend", ""),
        config.wholeOr("max_batch_size", 0),
        versionPolicy(config),
        config.objectsOrNone("input", TensorConfig::of),
        config.objectsOrNone("output", TensorConfig::of),
        config.objectsOrNone("instance_group", InstanceGroup::of),
        config.has("model_transaction_policy")
            && config.child("model_transaction_policy").flagOr("decoupled", false),
        config.membersOrNone(
            "parameters", value -> Fields.of(value, path).textOr("string_value", "")),
        answer.toString());
  }

  /** Where the configuration does not say, Triton serves the latest version. */
  private static VersionPolicy versionPolicy(Fields config) {
    if (!config.has("version_policy")) {
      return new VersionPolicy.Latest(1);
    }
    Fields policy = config.child("version_policy");
    if (policy.has("specific")) {
      return new VersionPolicy.Specific(policy.child("specific").wholes("versions"));
    }
    if (policy.has("all")) {
      return new VersionPolicy.All();
    }
    return new VersionPolicy.Latest(
        policy.has("latest") ? policy.child("latest").wholeOr("num_versions", 1) : 1);
  }
}
