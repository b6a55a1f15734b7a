package io.edgellm.inference.graph;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a decoder graph declares: the one source of what is fed to it. Nothing is concluded from the
 * name of a model family; what is not known is refused with its name.
 *
 * @param ids the tokens {@code [batch, tokens]}
 * @param maskInput the attention mask {@code [batch, past + tokens]}, or null if it takes none
 * @param positionsInput where the tokens stand {@code [batch, tokens]}, or null if it takes none
 * @param firstPosition where the first token of a sequence stands
 * @param cacheBranchInput the input that says whether there is a cache yet, or null
 * @param cache the tensors of the cache, in the order of the graph
 * @param handover how the cache goes from one pass to the next
 * @param logits the scores of the next token
 * @param fixed the lengths that the graph was made for
 */
record GraphSignature(
    TokenTensor ids,
    @Nullable TokenTensor maskInput,
    @Nullable TokenTensor positionsInput,
    int firstPosition,
    @Nullable String cacheBranchInput,
    List<CacheTensor> cache,
    Handover handover,
    LogitsTensor logits,
    FixedLengths fixed) {

  /** How a cache goes from one pass to the next. */
  enum Handover {
    /** Past and present are the same memory; new tokens are written behind the old ones. */
    IN_PLACE,
    /** Past and new come out joined. */
    JOINED,
    /** Past and new come out joined, but for what the graph lets go of. */
    WINDOWED
  }

  /**
   * Lengths that a graph was made for, as those for NPUs are.
   *
   * @param tokens of every pass; 0 if any number will do
   * @param cache places of the cache; 0 if it is as long as the sequence
   * @param oneSequence whether a pass takes a single sequence
   */
  record FixedLengths(int tokens, int cache, boolean oneSequence) {

    /** Returns the places of a cache of so many tokens. */
    int places(int sequence) {
      return cache > 0 ? cache : sequence;
    }

    /** Returns the most padding that a pass may have. */
    int padding() {
      return Math.max(1, tokens) - 1;
    }

    /** Returns the tokens of a pass over so many; the rest is padding. */
    int fed(int wanted) {
      return tokens > 0 ? tokens : wanted;
    }
  }

  GraphSignature {
    cache = List.copyOf(cache);
  }

  Optional<TokenTensor> mask() {
    return Optional.ofNullable(maskInput);
  }

  Optional<TokenTensor> positions() {
    return Optional.ofNullable(positionsInput);
  }

  Optional<String> cacheBranch() {
    return Optional.ofNullable(cacheBranchInput);
  }

  boolean inPlace() {
    return handover == Handover.IN_PLACE;
  }

  /**
   * Returns the settings within the lengths that the graph was made for. A pass over the last token
   * of a sequence is padded as well, so that its padding needs a place in the cache.
   */
  SessionSettings fitted(SessionSettings settings) {
    int chunk = fixed.fed(settings.prefillChunk());
    int places = fixed.cache() > 0 ? fixed.cache() : settings.contextTokens();
    return new SessionSettings(
        settings.threads(),
        settings.spinning(),
        chunk,
        Math.min(settings.contextTokens(), places - fixed.padding()),
        settings.slots(),
        settings.surgery());
  }
}
