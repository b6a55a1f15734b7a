package io.edgellm.inference.graph;

/**
 * How a graph is run.
 *
 * @param threads threads of a forward pass; 0 lets the runtime take one per physical core
 * @param spinning whether they wait for work actively
 * @param prefillChunk the largest number of tokens per forward pass, at least 1
 * @param contextTokens the longest sequence, at least 2
 */
public record SessionSettings(int threads, boolean spinning, int prefillChunk, int contextTokens) {}
