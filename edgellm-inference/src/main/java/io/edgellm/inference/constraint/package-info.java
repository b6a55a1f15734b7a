/**
 * Holds the tokens of an answer to a grammar: which may come next, which have to, and how an answer
 * comes to its end in time.
 */
@NullMarked
package io.edgellm.inference.constraint;

import org.jspecify.annotations.NullMarked;
