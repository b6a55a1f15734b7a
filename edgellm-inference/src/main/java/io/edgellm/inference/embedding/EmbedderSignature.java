package io.edgellm.inference.embedding;

import ai.onnxruntime.OnnxJavaType;
import io.edgellm.inference.graph.DeclaredTensor;
import io.edgellm.inference.graph.GraphDeclaration;
import io.edgellm.inference.internal.ModelFile;
import io.edgellm.inference.layout.EmbedderLayout;
import io.edgellm.inference.layout.TensorNames;
import io.edgellm.llm.InferenceException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a graph is fed with for one text.
 *
 * @param perToken the inputs with a number for each token
 * @param caches those for what was read before, which is nothing
 * @param flags those that say whether something was read before
 * @param counts those for how many of the last positions are wanted, of which 0 means all
 * @param fixedTokens the number of tokens that the graph always takes; 0 if it takes any
 */
record EmbedderSignature(
    List<PerToken> perToken,
    List<Constant> caches,
    List<String> flags,
    List<Constant> counts,
    int fixedTokens) {
  private static final String SEGMENTS = "token_type_ids";
  private static final int TOKENS_AXIS = 1;

  EmbedderSignature {
    perToken = List.copyOf(perToken);
    caches = List.copyOf(caches);
    flags = List.copyOf(flags);
    counts = List.copyOf(counts);
  }

  /** What an input says of each token. */
  enum Meaning {
    /** Which one it is. */
    ID,
    /** That it is there. */
    MASK,
    /** Which of two texts it belongs to: the first. */
    SEGMENT,
    /** Where it stands. */
    POSITION
  }

  /**
   * An input {@code [1, tokens]}.
   *
   * @param name of the input
   * @param type INT64 or INT32
   * @param meaning what it says
   */
  record PerToken(String name, OnnxJavaType type, Meaning meaning) {}

  /**
   * An input of zeros, or of nothing, that is the same for every text.
   *
   * @param name of the input
   * @param type of its elements
   * @param shape with a length of 0 where a cache has its tokens
   */
  record Constant(String name, OnnxJavaType type, List<Long> shape) {
    Constant {
      shape = List.copyOf(shape);
    }

    long bytes() {
      return shape.stream().reduce(1L, (a, b) -> a * b) * type.size;
    }
  }

  /** Returns whether the graph is a decoder, which keeps what it has read. */
  boolean isDecoder() {
    return !caches.isEmpty();
  }

  /**
   * Reads what a graph declares.
   *
   * @throws InferenceException MODEL_UNSUPPORTED with what was seen
   */
  static EmbedderSignature read(GraphDeclaration graph, EmbedderLayout layout) {
    return new Reader(graph, layout).signature();
  }

  private static final class Reader {
    private final GraphDeclaration graph;
    private final EmbedderLayout layout;
    private final ModelFile file;
    private final List<PerToken> perToken = new ArrayList<>();
    private final List<Constant> caches = new ArrayList<>();
    private final List<String> flags = new ArrayList<>();
    private final List<Constant> counts = new ArrayList<>();
    private final Set<Integer> lengths = new HashSet<>();

    Reader(GraphDeclaration graph, EmbedderLayout layout) {
      this.graph = graph;
      this.layout = layout;
      this.file = new ModelFile(layout.graph(), Integer.MAX_VALUE);
    }

    EmbedderSignature signature() {
      graph.inputs().forEach(this::add);
      if (perToken.stream().noneMatch(input -> input.meaning() == Meaning.ID)) {
        throw unsupported("takes no '" + layout.names().inputIds() + "'");
      }
      if (lengths.size() > 1) {
        throw unsupported("takes texts of different fixed lengths " + lengths);
      }
      int fixed = lengths.iterator().next();
      boolean masked = perToken.stream().anyMatch(input -> input.meaning() == Meaning.MASK);
      if (fixed > 0 && (!masked || !caches.isEmpty())) {
        throw unsupported(
            "always takes " + fixed + " tokens and does not hear which of them are padding");
      }
      return new EmbedderSignature(perToken, caches, flags, counts, fixed);
    }

    private void add(String name, DeclaredTensor input) {
      TensorNames names = layout.names();
      Map<String, Meaning> meanings =
          Map.of(
              names.inputIds(),
              Meaning.ID,
              names.attentionMask(),
              Meaning.MASK,
              names.positionIds(),
              Meaning.POSITION,
              SEGMENTS,
              Meaning.SEGMENT);
      if (meanings.containsKey(name)) {
        perToken.add(perToken(name, input, meanings.get(name)));
      } else if (name.equals(names.cacheBranch())) {
        require(input.type() == OnnxJavaType.BOOL && input.rank() == 1, name, input, "bool [1]");
        flags.add(name);
      } else if (names.logitsToKeep().contains(name)) {
        require(input.type() == OnnxJavaType.INT64 && input.rank() < 2, name, input, "int64 [1]");
        counts.add(new Constant(name, input.type(), input.rank() == 0 ? List.of() : List.of(1L)));
      } else if (names.past().stream().anyMatch(pattern -> matches(pattern, name))) {
        caches.add(empty(name, input));
      } else {
        throw unsupported("takes the input '" + name + "', which no rule feeds");
      }
    }

    private PerToken perToken(String name, DeclaredTensor input, Meaning meaning) {
      boolean whole = input.type() == OnnxJavaType.INT64 || input.type() == OnnxJavaType.INT32;
      require(
          whole && input.rank() == 2 && input.admits(0, 1),
          name,
          input,
          "int64 or int32 [any, any]");
      lengths.add(input.isOpen(TOKENS_AXIS) ? 0 : Math.toIntExact(input.dimension(TOKENS_AXIS)));
      return new PerToken(name, input.type(), meaning);
    }

    /** A cache of no tokens, or the state of a convolution that has seen none. */
    private Constant empty(String name, DeclaredTensor input) {
      int rank = input.rank();
      require(
          rank >= 3 && rank <= 5 && input.type() != OnnxJavaType.UNKNOWN,
          name,
          input,
          "a cache or a state");
      if (rank == 3) {
        return new Constant(
            name, input.type(), List.of(1L, size(name, input, 1, 0), size(name, input, 2, 0)));
      }
      require(input.isOpen(rank - 2), name, input, "a cache that grows");
      List<Long> shape =
          new ArrayList<>(
              List.of(
                  1L,
                  size(name, input, rank - 3, layout.keyValueHeads()),
                  0L,
                  size(name, input, rank - 1, layout.headSize())));
      if (rank == 5) {
        shape.add(0, 2L);
      }
      return new Constant(name, input.type(), shape);
    }

    private long size(String name, DeclaredTensor input, int axis, int configured) {
      if (!input.isOpen(axis)) {
        return input.dimension(axis);
      }
      if (configured > 0) {
        return configured;
      }
      throw unsupported("leaves the size of '" + name + "' open, and so does the configuration");
    }

    private void require(boolean fits, String name, DeclaredTensor input, String wanted) {
      if (!fits) {
        throw unsupported("takes '" + name + "' as " + input + ", not as " + wanted);
      }
    }

    private static boolean matches(String pattern, String name) {
      return Pattern.matches(Pattern.quote(pattern).replace("%d", "\\E\\d+\\Q"), name);
    }

    private InferenceException unsupported(String seen) {
      return file.unsupported(
          seen
              + ". Texts are turned into vectors by graphs that take tokens; this one declares the"
              + " inputs "
              + graph.inputs().keySet());
    }
  }
}
