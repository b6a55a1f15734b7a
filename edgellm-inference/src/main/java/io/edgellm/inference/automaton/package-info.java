/**
 * Regular languages of Unicode text, for constrained output: regular expressions, numbers within
 * bounds and formats become minimal automata over code points, are combined as sets, and end as
 * automata over the bytes that a model spells.
 *
 * <p>Everything is exact and bounded: a language is either built as it was asked for, or {@link
 * io.edgellm.inference.automaton.IllegalPatternException} says what is not possible.
 */
@NullMarked
package io.edgellm.inference.automaton;

import org.jspecify.annotations.NullMarked;
