package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxJavaType;

/**
 * An input with one whole number per token.
 *
 * @param name how the graph calls it
 * @param type INT64, or INT32 in older exports
 */
record TokenTensor(String name, OnnxJavaType type) {}
