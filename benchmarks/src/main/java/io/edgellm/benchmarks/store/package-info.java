/**
 * What the store costs: {@link io.edgellm.benchmarks.store.StoreFigures} measures it and prints a
 * table.
 */
@NullMarked
package io.edgellm.benchmarks.store;

import org.jspecify.annotations.NullMarked;
