/**
 * What the files of a model directory say about it: which graph, which names, how long a context,
 * which tokens end an answer. Reads configuration, never weights.
 */
@NullMarked
package io.edgellm.inference.layout;

import org.jspecify.annotations.NullMarked;
