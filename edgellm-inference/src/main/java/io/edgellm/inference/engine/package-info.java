/**
 * From a conversation to an answer: one thread per model runs the requests by turns, and each of
 * them goes template, tokens, logits, tokens, text, events.
 */
@NullMarked
package io.edgellm.inference.engine;

import org.jspecify.annotations.NullMarked;
