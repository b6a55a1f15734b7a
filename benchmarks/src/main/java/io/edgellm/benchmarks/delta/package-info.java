/** Compares deltas with bsdiff, xdelta3, zstd and casync, on fine-tunes that it makes. */
@NullMarked
package io.edgellm.benchmarks.delta;

import org.jspecify.annotations.NullMarked;
