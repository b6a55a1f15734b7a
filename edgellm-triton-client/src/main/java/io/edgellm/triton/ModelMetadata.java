package io.edgellm.triton;

import java.util.List;

/**
 * The signature of a served model.
 *
 * @param name the model's name
 * @param versions the versions that are ready
 * @param platform the framework, such as {@code onnxruntime_onnx}; may be empty
 * @param inputs the inputs in the model's order
 * @param outputs the outputs in the model's order
 */
public record ModelMetadata(
    String name,
    List<String> versions,
    String platform,
    List<TensorSignature> inputs,
    List<TensorSignature> outputs) {

  public ModelMetadata {
    versions = List.copyOf(versions);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /**
   * One input or output.
   *
   * @param name the tensor's name
   * @param type the element type
   * @param shape the dimensions including the batch, −1 for one that varies
   */
  public record TensorSignature(String name, DataType type, List<Long> shape) {
    public TensorSignature {
      shape = List.copyOf(shape);
    }

    static TensorSignature of(Fields tensor) {
      return new TensorSignature(
          tensor.text("name"),
          DataType.ofWire(tensor.text("datatype"), tensor.at()),
          tensor.wholes("shape"));
    }
  }

  static ModelMetadata of(Fields answer) {
    return new ModelMetadata(
        answer.text("name"),
        answer.has("versions") ? answer.texts("versions") : List.of(),
        answer.textOr("platform", ""),
        answer.objects("inputs", TensorSignature::of),
        answer.objects("outputs", TensorSignature::of));
  }
}
