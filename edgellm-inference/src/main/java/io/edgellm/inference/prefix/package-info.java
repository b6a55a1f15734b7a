/**
 * The prefix cache: what a model has computed for the beginning of a prompt is kept, so that the
 * next prompt that begins like it is not read from its first token. Knows token ids and bytes, no
 * graph and no runtime. Not exported.
 */
@NullMarked
package io.edgellm.inference.prefix;

import org.jspecify.annotations.NullMarked;
