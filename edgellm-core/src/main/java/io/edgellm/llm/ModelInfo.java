package io.edgellm.llm;

/**
 * What a host may want to know of a model.
 *
 * @param title model and version
 * @param contextLength the longest prompt and answer together, in tokens
 * @param concurrency requests that run at once; more wait
 */
public record ModelInfo(String title, int contextLength, int concurrency) {}
