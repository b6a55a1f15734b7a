package io.edgellm.benchmarks.synthetic;

import io.edgellm.inference.quantize.BlockFormat;
import io.edgellm.inference.quantize.ModelQuantizer;
import io.edgellm.inference.quantize.QuantizationRecipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * One model with random weights in the formats of both engines: {@code onnx/}, a directory as
 * onnxruntime-genai's model builder makes it, with weights of four bits in blocks of 32
 * (symmetric), quantized by this project's own quantizer; and {@code model.gguf}, the same fp32
 * weights as GGML's Q4_0. The same shape and seed give the same bytes.
 *
 * @param directory where it is
 * @param shape its size
 */
public record SyntheticModel(Path directory, ModelShape shape) {
  private static final String COMPLETE = "complete";
  private static final int BITS = 4;

  /** Both formats hold an int4 code per weight, and per block this has a scale in fp32… */
  private static final double ONNX_BYTES_PER_WEIGHT = 0.5 + 4.0 / ModelShape.BLOCK;

  /** …and that one in fp16. */
  private static final double GGUF_BYTES_PER_WEIGHT = 0.5 + 2.0 / ModelShape.BLOCK;

  /**
   * Returns the model of this shape and seed below a folder; makes it if it is not there whole. The
   * fp32 weights are on disk meanwhile: 2.6 GB for half a billion.
   *
   * @param progress is told what is being made
   * @throws IOException if it cannot be written
   */
  public static SyntheticModel in(
      Path folder, ModelShape shape, long seed, Consumer<String> progress) throws IOException {
    Path directory = folder.resolve(shape.name() + "-seed" + seed);
    SyntheticModel model = new SyntheticModel(directory, shape);
    if (!Files.exists(directory.resolve(COMPLETE))) {
      FileTree.delete(directory);
      Files.createDirectories(directory);
      model.make(new DecoderWeights(shape, seed), progress);
      Files.writeString(directory.resolve(COMPLETE), "");
    }
    return model;
  }

  /** Returns the directory for ONNX Runtime. */
  public Path onnx() {
    return directory.resolve("onnx");
  }

  /** Returns the file for llama.cpp. */
  public Path gguf() {
    return directory.resolve("model.gguf");
  }

  /** Returns the bytes of weights that ONNX Runtime reads per token. */
  public long onnxBytesPerToken() {
    return (long) (shape.weightsPerToken() * ONNX_BYTES_PER_WEIGHT);
  }

  /** Returns the bytes of weights that llama.cpp reads per token. */
  public long ggufBytesPerToken() {
    return (long) (shape.weightsPerToken() * GGUF_BYTES_PER_WEIGHT);
  }

  private void make(DecoderWeights weights, Consumer<String> progress) throws IOException {
    progress.accept("writing " + gguf());
    new LlamaGguf(weights, GgufTensor.Encoding.Q4_0).write(gguf());
    Path unquantized = directory.resolve("fp32");
    progress.accept("writing " + unquantized);
    writeUnquantized(weights, unquantized);
    progress.accept("quantizing it to " + onnx());
    BlockFormat format = new BlockFormat(BITS, ModelShape.BLOCK, true);
    new ModelQuantizer(QuantizationRecipe.of(format)).quantize(unquantized, onnx());
    FileTree.delete(unquantized);
  }

  /**
   * Writes a fine-tune of a model with its weights in fp32, and its quantized form.
   *
   * @param directory gets {@code fp32/} and {@code onnx/}; must not have them
   * @throws IOException if it cannot be written
   */
  public static void writeFineTune(Path directory, ModelShape shape, long seed, FineTune tune)
      throws IOException {
    Path unquantized = directory.resolve("fp32");
    writeUnquantized(new DecoderWeights(shape, seed, new Tuning(tune)), unquantized);
    BlockFormat format = new BlockFormat(BITS, ModelShape.BLOCK, true);
    new ModelQuantizer(QuantizationRecipe.of(format))
        .quantize(unquantized, directory.resolve("onnx"));
  }

  /** Writes the model directory with weights in fp32. */
  static void writeUnquantized(DecoderWeights weights, Path directory) throws IOException {
    Files.createDirectories(directory);
    LlamaOnnx.write(weights, directory);
    new TextFiles(weights.shape()).write(directory, LlamaOnnx.GRAPH_FILE);
  }
}
