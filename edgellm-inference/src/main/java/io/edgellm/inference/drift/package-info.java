/**
 * Says how far a model has drifted from another one, usually a quantized model from its source:
 * perplexity, divergence of the distributions, and what it changes in the answers.
 *
 * <p>{@link io.edgellm.inference.drift.DriftMeter} compares two {@link
 * io.edgellm.inference.drift.TeacherForced} models over {@link
 * io.edgellm.inference.drift.DriftMaterial} and gives a {@link
 * io.edgellm.inference.drift.DriftReport}.
 */
@NullMarked
package io.edgellm.inference.drift;

import org.jspecify.annotations.NullMarked;
