/**
 * Context-free grammars over bytes and control tokens, and the matching of a growing text against
 * one: which symbols may come next, whether the text may end, and the shortest way to an end.
 *
 * <p>Knows neither tokens nor schemas. Bytes are UTF-8 by convention of those who write grammars;
 * nothing here depends on it.
 */
@NullMarked
package io.edgellm.inference.grammar;

import org.jspecify.annotations.NullMarked;
