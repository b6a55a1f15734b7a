/** Chooses the next token from the logits. Knows neither text nor tensors. */
@NullMarked
package io.edgellm.inference.sampling;

import org.jspecify.annotations.NullMarked;
