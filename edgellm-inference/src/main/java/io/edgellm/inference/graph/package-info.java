/**
 * Decoder graphs on ONNX Runtime: tokens in, logits out, and the key/value cache between two runs.
 *
 * <p>Nothing here knows text. Every type is for one thread at a time, except {@link
 * io.edgellm.inference.graph.RunInterrupt}.
 */
@NullMarked
package io.edgellm.inference.graph;

import org.jspecify.annotations.NullMarked;
