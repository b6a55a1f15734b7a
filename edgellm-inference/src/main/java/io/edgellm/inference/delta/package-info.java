/** Finds the tensors of an old model in a new one, so that deltas between them become small. */
@NullMarked
package io.edgellm.inference.delta;

import org.jspecify.annotations.NullMarked;
