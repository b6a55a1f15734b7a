/**
 * Renders chat templates: an engine for the part of Jinja that Hugging Face chat templates use,
 * which says of every character of a prompt whether the template wrote it or somebody else.
 *
 * <p>Nothing here knows a token or a model. What a template may do is bounded: it sees the values
 * that it is given and nothing of the JVM, cannot change them, and is stopped when it runs too long
 * or writes too much.
 */
@NullMarked
package io.edgellm.inference.template;

import org.jspecify.annotations.NullMarked;
