/**
 * What everyone else speaks: language models, requests, generations, and the runtime that serves
 * them.
 */
@NullMarked
package io.edgellm.llm;

import org.jspecify.annotations.NullMarked;
