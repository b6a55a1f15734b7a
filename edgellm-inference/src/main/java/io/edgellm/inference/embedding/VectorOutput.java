package io.edgellm.inference.embedding;

import ai.onnxruntime.OnnxJavaType;
import io.edgellm.inference.graph.DeclaredTensor;
import io.edgellm.inference.graph.GraphDeclaration;
import io.edgellm.inference.internal.ModelFile;
import io.edgellm.inference.layout.SentenceModules;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.Pooling;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which output of a graph the vector of a text comes from. */
sealed interface VectorOutput {
  /** What exporters call the vector that all modules of sentence-transformers made. */
  String SENTENCE = "sentence_embedding";

  /** What BERT makes of its first token, after a layer that only its training used. */
  String POOLER = "pooler_output";

  /** What exporters call the vectors of the tokens. */
  List<String> TOKENS = List.of("last_hidden_state", "token_embeddings", "hidden_states");

  /** Numbers that the runtime's binding gives as fp32. */
  Set<OnnxJavaType> NUMBERS =
      Set.of(OnnxJavaType.FLOAT, OnnxJavaType.FLOAT16, OnnxJavaType.BFLOAT16);

  /** Returns its name. */
  String name();

  /**
   * The graph gives the vector of the text, {@code [1, dimensions]}.
   *
   * @param name of the output
   */
  record OfText(String name) implements VectorOutput {}

  /**
   * The graph gives the vectors of the tokens, {@code [1, tokens, dimensions]}.
   *
   * @param name of the output
   * @param pooling what makes one of them
   */
  record OfTokens(String name, Pooling pooling) implements VectorOutput {}

  /**
   * Chooses the output: what a host wants, else what the graph makes itself, else what the files of
   * the model say, else the mean of an encoder's tokens and the last one of a decoder's.
   *
   * @param wanted the host's pooling, or null
   * @param usual what this kind of graph was mostly trained for
   * @throws InferenceException MODEL_UNSUPPORTED if there is none
   */
  static VectorOutput choose(
      GraphDeclaration graph,
      SentenceModules modules,
      @Nullable Pooling wanted,
      Pooling usual,
      ModelFile file) {
    if (wanted == null && gives(graph, SENTENCE, 2)) {
      return new OfText(SENTENCE);
    }
    if (!modules.others().isEmpty()) {
      throw file.unsupported(
          "has no '"
              + SENTENCE
              + "', and the model computes it from the vectors of tokens by "
              + modules.others()
              + ", which is not done; export all modules into the graph");
    }
    for (String name : TOKENS) {
      if (gives(graph, name, 3)) {
        Pooling ofFiles = modules.pooling() == null ? usual : modules.pooling();
        return new OfTokens(name, wanted == null ? ofFiles : wanted);
      }
    }
    if (wanted == null && modules.pooling() == null && gives(graph, POOLER, 2)) {
      return new OfText(POOLER);
    }
    throw file.unsupported(
        "gives no hidden states: it has the outputs "
            + graph.outputs()
            + ", and vectors come from float "
            + TOKENS
            + " [any, any, size] or "
            + SENTENCE
            + " [any, size]");
  }

  private static boolean gives(GraphDeclaration graph, String name, int rank) {
    DeclaredTensor output = graph.outputs().get(name);
    return output != null
        && NUMBERS.contains(output.type())
        && (output.rank() == rank || output.rank() == 0);
  }
}
