package io.edgellm.benchmarks.comparison;

import io.edgellm.benchmarks.synthetic.ModelShape;
import io.edgellm.benchmarks.synthetic.SyntheticModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The same weights for both engines.
 *
 * @param name what the report calls them
 * @param onnx a model directory
 * @param onnxBytesPerToken the bytes of it that are read for one token
 * @param gguf a GGUF file
 * @param ggufBytesPerToken the bytes of it that are read for one token
 */
record ModelPair(
    String name, Path onnx, long onnxBytesPerToken, Path gguf, long ggufBytesPerToken) {

  static ModelPair synthetic(Path folder, ModelShape shape, long seed) throws IOException {
    SyntheticModel model = SyntheticModel.in(folder, shape, seed, System.out::println);
    return new ModelPair(
        "synthetic " + shape.name() + ", seed " + seed,
        model.onnx(),
        model.onnxBytesPerToken(),
        model.gguf(),
        model.ggufBytesPerToken());
  }

  /** A pair from elsewhere: all of both files is taken to be read, the embedding included. */
  static ModelPair of(Path onnx, Path gguf) throws IOException {
    return new ModelPair(
        onnx.getFileName() + " and " + gguf.getFileName(),
        onnx,
        weightBytes(onnx),
        gguf,
        Files.size(gguf));
  }

  Path of(EngineKind kind) {
    return switch (kind) {
      case EDGELLM -> onnx;
      case LLAMA_CPP -> gguf;
    };
  }

  long bytesPerToken(EngineKind kind) {
    return switch (kind) {
      case EDGELLM -> onnxBytesPerToken;
      case LLAMA_CPP -> ggufBytesPerToken;
    };
  }

  private static long weightBytes(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      List<Path> files = paths.filter(path -> path.toString().contains(".onnx")).toList();
      long bytes = 0;
      for (Path file : files) {
        bytes += Files.size(file);
      }
      return bytes;
    }
  }
}
