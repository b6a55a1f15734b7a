package io.edgellm.inference.engine;

import io.edgellm.inference.graph.CacheAbility;
import io.edgellm.inference.graph.DecoderGraph;
import io.edgellm.inference.sampling.Candidates;
import io.edgellm.inference.text.Vocabulary;
import java.util.Set;

/**
 * What sequences are decoded with, on the scheduler's thread.
 *
 * @param graph runs the passes
 * @param candidates memory for the samplers
 * @param endTokens those that end an answer
 * @param mostGuesses how many guessed tokens one pass can verify; 0 if none shall be guessed
 */
record Decoder(DecoderGraph graph, Candidates candidates, Set<Integer> endTokens, int mostGuesses) {
  /** More are seldom right, and a pass over them takes as long as seven single steps. */
  private static final int MOST_GUESSES = 15;

  static Decoder of(
      DecoderGraph graph, Vocabulary vocabulary, Set<Integer> endTokens, boolean drafts) {
    Candidates candidates = new Candidates(graph.vocabularySize(), vocabulary::bytes);
    return new Decoder(graph, candidates, endTokens, drafts ? mostGuesses(graph) : 0);
  }

  /** Wrong guesses have to be taken back, and each needs logits of its own. */
  private static int mostGuesses(DecoderGraph graph) {
    return graph.abilities().contains(CacheAbility.REWIND)
        ? Math.min(MOST_GUESSES, Math.min(graph.logitsRows(), graph.prefillChunk()) - 1)
        : 0;
  }
}
