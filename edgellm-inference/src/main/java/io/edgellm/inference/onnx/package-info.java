/**
 * ONNX graphs as data: read without their weights, and changed.
 *
 * <p>Nothing here runs a graph.
 */
@NullMarked
package io.edgellm.inference.onnx;

import org.jspecify.annotations.NullMarked;
