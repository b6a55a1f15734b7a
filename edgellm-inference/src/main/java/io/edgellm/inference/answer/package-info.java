/**
 * What an answer consists of: reasoning, text and tool calls, in the notation of each model family.
 *
 * <p>An {@link io.edgellm.inference.answer.AnswerFormat} is recognised once per model. For each
 * request it makes an {@link io.edgellm.inference.answer.AnswerPlan}: the grammar of the answer and
 * a parser that reads it token by token. Both come from the same description of the family, so that
 * what the grammar lets a model write, the parser reads.
 */
@NullMarked
package io.edgellm.inference.answer;

import org.jspecify.annotations.NullMarked;
