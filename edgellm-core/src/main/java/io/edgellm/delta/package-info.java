/**
 * {@code edelta v1}: what turns one version of a large file into the next one.
 *
 * <p>{@link io.edgellm.delta.DeltaEncoder} works for a publisher, {@link
 * io.edgellm.delta.DeltaDecoder} on a device. Both need a few MiB, whatever the size of the files.
 * The format is described byte by byte in {@code docs/deltas.md}. The package knows nothing of
 * ONNX: a {@link io.edgellm.delta.TensorAlignment} says which numbers of the new file stood where
 * in the old one.
 */
@NullMarked
package io.edgellm.delta;

import org.jspecify.annotations.NullMarked;
