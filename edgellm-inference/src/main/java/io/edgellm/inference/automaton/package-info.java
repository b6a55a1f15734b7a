/** Regular languages over Unicode, finite automata over bytes, and regular expressions. */
@NullMarked
package io.edgellm.inference.automaton;

import org.jspecify.annotations.NullMarked;
