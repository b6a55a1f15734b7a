/** Quantizes one large matrix, in this process and in one of its own beside the Python package. */
@NullMarked
package io.edgellm.benchmarks.quantize;

import org.jspecify.annotations.NullMarked;
