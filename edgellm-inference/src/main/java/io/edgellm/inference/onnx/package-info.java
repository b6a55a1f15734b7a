/**
 * ONNX graphs as data: read without their weights, changed, and built node by node.
 *
 * <p>Nothing here runs a graph. Types are for one thread at a time.
 */
@NullMarked
package io.edgellm.inference.onnx;

import org.jspecify.annotations.NullMarked;
