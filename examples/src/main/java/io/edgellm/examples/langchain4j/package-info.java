/**
 * LangChain4j over a {@link io.edgellm.llm.LanguageModel}: a package to copy into a host that has
 * LangChain4j. Blocking and streaming chat, JSON schemas, tools, and token counts.
 */
@NullMarked
package io.edgellm.examples.langchain4j;

import org.jspecify.annotations.NullMarked;
