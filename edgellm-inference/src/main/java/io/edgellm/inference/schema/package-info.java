/**
 * Turns what an answer has to be (a JSON Schema, any JSON, a regular expression, one of several
 * texts) into expressions of a grammar.
 *
 * <p>What a grammar of this package produces always validates. What a schema asks for and a grammar
 * cannot enforce is refused when the schema is compiled, with the place and the keyword, and never
 * ignored. A schema is read into sets of values per type of JSON, which are closed under union and
 * intersection and, where that can be expressed, under complement; so that {@code allOf}, {@code
 * oneOf}, {@code not} and their kin are set operations, and contradictions are empty sets.
 */
@NullMarked
package io.edgellm.inference.schema;

import org.jspecify.annotations.NullMarked;
