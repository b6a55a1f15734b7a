package io.edgellm.benchmarks.synthetic;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A tiny model in fp32 for both engines, to see that they compute the same: nothing is rounded, so
 * a wrong order of rows, another base of the rotary embedding or another norm changes the answer.
 *
 * @param onnx a model directory
 * @param gguf a GGUF file
 */
public record SyntheticPair(Path onnx, Path gguf) {
  private static final long SEED = 1;

  /**
   * Makes the pair anew below a folder.
   *
   * @throws IOException if it cannot be written
   */
  public static SyntheticPair in(Path folder) throws IOException {
    Path directory = folder.resolve("tiny-fp32");
    FileTree.delete(directory);
    Files.createDirectories(directory);
    DecoderWeights weights = new DecoderWeights(ModelShape.tiny(), SEED);
    SyntheticPair pair =
        new SyntheticPair(directory.resolve("onnx"), directory.resolve("model.gguf"));
    SyntheticModel.writeUnquantized(weights, pair.onnx());
    new LlamaGguf(weights, GgufTensor.Encoding.F32).write(pair.gguf());
    return pair;
  }
}
