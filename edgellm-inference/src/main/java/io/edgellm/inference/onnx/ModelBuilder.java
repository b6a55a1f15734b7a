package io.edgellm.inference.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes a model file of a graph: the operator sets that it uses, and who made it. */
public final class ModelBuilder {
  private static final int IR_VERSION = 8;

  private final ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(IR_VERSION);

  /** Begins a model with a graph as it is now. */
  public ModelBuilder(GraphBuilder graph) {
    this(graph.proto());
  }

  /** Begins a model. */
  public ModelBuilder(GraphProto graph) {
    model.setGraph(graph);
  }

  /** Imports ONNX's own operators in a version. */
  public ModelBuilder opset(int version) {
    return opset("", version);
  }

  /** Imports the operators of a domain in a version, such as {@code com.microsoft} in 1. */
  public ModelBuilder opset(String domain, int version) {
    model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version));
    return this;
  }

  /** Sets the version of the file format, 8 if it is not set. */
  public ModelBuilder irVersion(int version) {
    model.setIrVersion(version);
    return this;
  }

  /** Says what made the model. */
  public ModelBuilder producer(String name) {
    model.setProducerName(name);
    return this;
  }

  /** Adds an entry to the metadata, which runtimes hand through. */
  public ModelBuilder metadata(String key, String value) {
    model.addMetadataProps(StringStringEntryProto.newBuilder().setKey(key).setValue(value));
    return this;
  }

  /** Returns the model. */
  public ModelProto proto() {
    return model.build();
  }

  /**
   * Writes the model, over one that is there.
   *
   * @throws IOException if it cannot be written
   */
  public void write(Path file) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      proto().writeTo(out);
    }
  }
}
