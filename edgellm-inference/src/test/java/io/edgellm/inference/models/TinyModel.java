package io.edgellm.inference.models;

import java.nio.file.Path;

/**
 * A model directory and what it has to compute.
 *
 * @param directory what a loader opens
 * @param graph the ONNX file
 * @param architecture its sizes
 * @param reference the same weights in plain Java
 * @param tolerance how far a logit may be off, in relation to the largest of its position
 */
public record TinyModel(
    Path directory,
    Path graph,
    Architecture architecture,
    ReferenceDecoder reference,
    double tolerance) {
  /** The tolerance of fp32. */
  static final double EXACT = 1e-4;

  /** The tolerance of fp16, which has eleven bits. */
  static final double HALF = 2e-2;

  TinyModel(Path directory, Path graph, Weights weights) {
    this(
        directory,
        graph,
        weights.architecture(),
        new ReferenceDecoder(weights, ReferenceDecoder.Steps.NONE),
        EXACT);
  }
}
