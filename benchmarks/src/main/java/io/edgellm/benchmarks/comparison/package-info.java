/** Whole processes side by side: this engine and llama.cpp on the same weights, in one run. */
@NullMarked
package io.edgellm.benchmarks.comparison;

import org.jspecify.annotations.NullMarked;
