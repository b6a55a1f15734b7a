/**
 * Makes a smaller model out of an fp32 one: weights in blocks of 2, 4 or 8 bits, without Python.
 *
 * <p>{@link io.edgellm.inference.quantize.ModelQuantizer} reads a model directory and writes
 * another; a {@link io.edgellm.inference.quantize.QuantizationRecipe} says how, a {@link
 * io.edgellm.inference.quantize.QuantizationReport} says what was done.
 */
@NullMarked
package io.edgellm.inference.quantize;

import org.jspecify.annotations.NullMarked;
