/**
 * Vectors of texts: encoders, and decoders whose graph shows its hidden states, each text in one
 * pass.
 */
@NullMarked
package io.edgellm.inference.embedding;

import org.jspecify.annotations.NullMarked;
