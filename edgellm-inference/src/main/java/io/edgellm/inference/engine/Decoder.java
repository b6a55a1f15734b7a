package io.edgellm.inference.engine;

import io.edgellm.inference.graph.DecoderGraph;
import io.edgellm.inference.sampling.Candidates;
import io.edgellm.inference.text.Vocabulary;
import java.util.Set;

/**
 * What sequences are decoded with, on the scheduler's thread: the graph, memory for the samplers,
 * the tokens that end an answer.
 */
record Decoder(DecoderGraph graph, Candidates candidates, Set<Integer> endTokens) {

  static Decoder of(DecoderGraph graph, Vocabulary vocabulary, Set<Integer> endTokens) {
    Candidates candidates = new Candidates(graph.vocabularySize(), vocabulary::bytes);
    return new Decoder(graph, candidates, endTokens);
  }
}
