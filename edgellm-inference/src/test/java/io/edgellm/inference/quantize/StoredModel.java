package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A model on disk as ONNX's own parser sees it, read whole: independent of the code under test. */
record StoredModel(Path graph, ModelProto model) {
  static final Path SAMPLE = Path.of(System.getProperty("edgellm.sample.dir"));

  static StoredModel read(Path graph) throws IOException {
    return new StoredModel(graph, ModelProto.parseFrom(Files.readAllBytes(graph)));
  }

  List<NodeProto> nodes(String opType) {
    return model.getGraph().getNodeList().stream()
        .filter(node -> node.getOpType().equals(opType))
        .toList();
  }

  Map<String, TensorProto> tensors() {
    Map<String, TensorProto> tensors = new LinkedHashMap<>();
    for (TensorProto tensor : model.getGraph().getInitializerList()) {
      tensors.put(tensor.getName(), tensor);
    }
    return tensors;
  }

  TensorProto tensor(String name) {
    return tensors().getOrDefault(name, TensorProto.getDefaultInstance());
  }

  byte[] bytes(TensorProto tensor) throws IOException {
    if (tensor.getDataLocation() != TensorProto.DataLocation.EXTERNAL) {
      return tensor.getRawData().toByteArray();
    }
    Map<String, String> place = place(tensor);
    byte[] file = Files.readAllBytes(graph.resolveSibling(place.getOrDefault("location", "")));
    int offset = Integer.parseInt(place.getOrDefault("offset", ""));
    int length = Integer.parseInt(place.getOrDefault("length", ""));
    return Arrays.copyOfRange(file, offset, offset + length);
  }

  static Map<String, String> place(TensorProto tensor) {
    Map<String, String> place = new TreeMap<>();
    for (StringStringEntryProto entry : tensor.getExternalDataList()) {
      place.put(entry.getKey(), entry.getValue());
    }
    return place;
  }

  static String sha256(byte[] bytes) throws GeneralSecurityException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  /** Every file of a directory with its digest, by path. */
  static Map<String, String> digests(Path directory) throws Exception {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = directory.relativize(file).toString().replace('\\', '/');
        digests.put(name, sha256(Files.readAllBytes(file)));
      }
    }
    return digests;
  }

  /** Copies a directory that a test wants to damage. */
  static Path copy(Path directory, Path target) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = target.resolve(directory.relativize(file).toString());
        Files.createDirectories(copy.resolve("..").normalize());
        Files.write(copy, Files.readAllBytes(file));
      }
    }
    return target;
  }
}
