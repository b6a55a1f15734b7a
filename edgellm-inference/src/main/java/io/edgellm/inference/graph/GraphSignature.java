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
 * @param cache the tensors of the cache, in the order of the graph
 * @param logits the scores of the next token
 * @param inPlace whether the cache is past and present at once; else past and new come out joined
 */
record GraphSignature(
    TokenTensor ids,
    @Nullable TokenTensor maskInput,
    @Nullable TokenTensor positionsInput,
    List<CacheTensor> cache,
    LogitsTensor logits,
    boolean inPlace) {

  GraphSignature {
    cache = List.copyOf(cache);
  }

  Optional<TokenTensor> mask() {
    return Optional.ofNullable(maskInput);
  }

  Optional<TokenTensor> positions() {
    return Optional.ofNullable(positionsInput);
  }
}
