/**
 * Mends published graphs before they are opened: logits for the positions that are needed alone, a
 * cache of one byte per number, weights in the form in which they are computed with.
 *
 * <p>What is not understood stays as it is, and everything that was changed is compared with the
 * unchanged graph before it is used.
 */
@NullMarked
package io.edgellm.inference.surgery;

import org.jspecify.annotations.NullMarked;
