/**
 * Guesses of what a model says next, for it to verify several at once: prompt lookup, and the
 * decision how many guesses a pass is worth. Plain numbers in and out; knows neither graph nor
 * engine.
 */
@NullMarked
package io.edgellm.inference.speculation;

import org.jspecify.annotations.NullMarked;
