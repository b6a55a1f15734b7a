/**
 * Text to token ids and back: a tokenizer that keeps control tokens out of reach of user text, a
 * streaming detokenizer over bytes, and stop strings.
 *
 * <p>Nothing here knows a chat template or a tensor. A prompt arrives as {@link
 * io.edgellm.inference.text.TextSpan}s that say where control tokens may be read; whoever rendered
 * the prompt decides that.
 */
@NullMarked
package io.edgellm.inference.text;

import org.jspecify.annotations.NullMarked;
