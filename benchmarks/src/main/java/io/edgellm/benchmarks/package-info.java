/** Benchmarks of the hot paths, and the program that runs them and writes down the results. */
@NullMarked
package io.edgellm.benchmarks;

import org.jspecify.annotations.NullMarked;
