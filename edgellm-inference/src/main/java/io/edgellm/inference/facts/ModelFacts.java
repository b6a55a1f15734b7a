package io.edgellm.inference.facts;

import io.edgellm.inference.graph.GraphPlan;
import io.edgellm.inference.graph.SessionSettings;
import io.edgellm.inference.internal.ModelFile;
import io.edgellm.inference.layout.GraphStage;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelFamily;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.inference.onnx.OnnxGraphFile;
import io.edgellm.inference.template.TemplateSources;
import io.edgellm.model.Capabilities;
import io.edgellm.model.MemoryNeed;
import io.edgellm.model.ModelTraits;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Requirements;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a model directory says of itself: its graphs and their weights, its configuration, its
 * tokenizer. A publisher fills a manifest from it instead of by hand, and holds what was written by
 * hand against it.
 *
 * <p>No weights are read. The same directory gives the same facts.
 *
 * @param format the layout, as its configuration files are named
 * @param opsets the operator sets that nodes of the graphs use, by domain
 * @param customOps domains of operators that ONNX Runtime does not bring
 * @param contextLength the longest prompt and answer together, in tokens
 * @param memory the sizes of graphs and weights, of the cache of one token, and what loading it
 *     with one conversation is estimated to take
 * @param tokenizerDigest the digest of tokenizer.json, or null if there is none
 * @param chatTemplateDigest the digest of the default chat template, or null if there is none
 * @param parameterCount numbers in the weights, each counted as often as it is stored: an output
 *     layer that repeats the embedding counts again
 * @param architecture what the configuration calls it, or null
 * @param precision what it computes in, and the types of quantized weights
 * @param weightBlocks how quantized weights are packed, the commonest way first
 */
public record ModelFacts(
    ReleaseManifest.Format format,
    Map<String, Integer> opsets,
    List<String> customOps,
    int contextLength,
    MemoryNeed memory,
    @Nullable Sha256 tokenizerDigest,
    @Nullable Sha256 chatTemplateDigest,
    long parameterCount,
    @Nullable String architecture,
    String precision,
    List<WeightBlocks> weightBlocks) {
  /** What a pass over a prompt takes at once, if nobody says otherwise. */
  private static final int PREFILL_CHUNK = 128;

  /** Copies the collections. */
  public ModelFacts {
    opsets = Map.copyOf(opsets);
    customOps = List.copyOf(customOps);
    weightBlocks = List.copyOf(weightBlocks);
  }

  /**
   * Reads the facts.
   *
   * @throws io.edgellm.llm.InferenceException MODEL_INVALID if a file is missing, damaged or lies
   *     outside of the directory; MODEL_UNSUPPORTED if the model is of a kind that is not run
   */
  public static ModelFacts read(Path modelDirectory) {
    ModelDirectory directory = ModelDirectory.open(modelDirectory);
    ModelLayout layout = ModelLayout.read(directory);
    List<GraphCensus> graphs = layout.stages().stream().map(ModelFacts::census).toList();
    Map<String, Integer> opsets = new TreeMap<>();
    TreeSet<String> customOps = new TreeSet<>();
    for (GraphCensus graph : graphs) {
      graph.opsets().forEach((domain, version) -> opsets.merge(domain, version, Math::max));
      customOps.addAll(graph.customOps());
    }
    GraphPlan plan =
        GraphPlan.read(
            directory,
            layout,
            SessionSettings.single(0, false, PREFILL_CHUNK, layout.contextTokens()));
    return new ModelFacts(
        ModelLayout.format(directory).orElseThrow(),
        opsets,
        List.copyOf(customOps),
        plan.fittedSettings().contextTokens(),
        new MemoryNeed(
            plan.memory().weightsBytes(), plan.cacheBytesPerToken(), plan.memory().totalBytes()),
        tokenizer(directory),
        chatTemplate(directory),
        graphs.stream().mapToLong(GraphCensus::parameterCount).sum(),
        ModelFamily.of(directory).orElse(null),
        graphs.get(graphs.size() - 1).precision(),
        weightBlocks(graphs));
  }

  /**
   * Returns the layout of a directory by the names of its files, without reading the model; empty
   * if it has no configuration that is known.
   *
   * @throws io.edgellm.llm.InferenceException MODEL_INVALID if it is not a directory
   */
  public static Optional<ReleaseManifest.Format> format(Path modelDirectory) {
    return ModelLayout.format(ModelDirectory.open(modelDirectory));
  }

  private static List<WeightBlocks> weightBlocks(List<GraphCensus> graphs) {
    Map<WeightBlocks, Integer> nodes = new TreeMap<>(WeightBlocks.ORDER);
    for (GraphCensus graph : graphs) {
      graph.blocks().forEach((blocks, count) -> nodes.merge(blocks, count, Integer::sum));
    }
    Comparator<Map.Entry<WeightBlocks, Integer>> commonestFirst =
        Map.Entry.<WeightBlocks, Integer>comparingByValue().reversed();
    return nodes.entrySet().stream().sorted(commonestFirst).map(Map.Entry::getKey).toList();
  }

  private static GraphCensus census(GraphStage stage) {
    try {
      return GraphCensus.of(OnnxGraphFile.read(stage.graph()));
    } catch (IOException e) {
      throw new ModelFile(stage.graph(), Integer.MAX_VALUE)
          .invalid("is not a whole ONNX graph: " + e.getMessage(), e);
    }
  }

  private static @Nullable Sha256 tokenizer(ModelDirectory directory) {
    if (!directory.has("tokenizer.json")) {
      return null;
    }
    Path file = directory.file("tokenizer.json");
    try {
      return Sha256.of(file);
    } catch (IOException e) {
      throw new ModelFile(file, Integer.MAX_VALUE).unreadable(e);
    }
  }

  private static @Nullable Sha256 chatTemplate(ModelDirectory directory) {
    return TemplateSources.read(directory.root())
        .named(TemplateSources.DEFAULT)
        .map(text -> Sha256.of(text.getBytes(StandardCharsets.UTF_8)))
        .orElse(null);
  }

  /**
   * Returns requirements with all that the model itself says; runtime, platform and accelerator
   * stay as they were given.
   *
   * @param given what the publisher demands; its context is cut to that of the model, its memory
   *     raised to what the model needs
   */
  public Requirements complete(Requirements given) {
    int context = Math.min(given.contextLength(), contextLength);
    return given.toBuilder()
        .minRamBytes(Math.max(given.minRamBytes(), memory.totalBytes(context)))
        .contextLength(context)
        .opsets(opsets)
        .customOps(customOps)
        .memory(memory)
        .tokenizerDigest(tokenizerDigest)
        .chatTemplateDigest(chatTemplateDigest)
        .build();
  }

  /** Returns what kind of model it is. */
  public ModelTraits traits() {
    return new ModelTraits(architecture, parameterCount, precision, Capabilities.unknown());
  }

  /**
   * Returns in what a manifest contradicts the model, one sentence for each; empty if it does not.
   * What a manifest does not say contradicts nothing.
   */
  public List<String> contradictions(ReleaseManifest manifest) {
    Requirements says = manifest.requirements();
    List<String> found = new ArrayList<>();
    if (manifest.format() != format) {
      found.add(
          "The files are laid out as "
              + format.label()
              + ", the manifest says "
              + manifest.format().label()
              + ".");
    }
    if (says.contextLength() > contextLength) {
      found.add(
          "The manifest promises "
              + says.contextLength()
              + " tokens of context, the model has "
              + contextLength
              + ".");
    }
    says.opsets().forEach((domain, version) -> opset(domain, version, found));
    if (!customOps.stream().allMatch(says.customOps()::contains) && !says.opsets().isEmpty()) {
      found.add("The graphs use operators of " + String.join(", ", customOps) + ", unsaid.");
    }
    digest("tokenizer", says.tokenizerDigest(), tokenizerDigest, found);
    digest("chat template", says.chatTemplateDigest(), chatTemplateDigest, found);
    if (says.memory() != null && says.memory().weightsBytes() < memory.weightsBytes()) {
      found.add(
          "The manifest counts "
              + says.memory().weightsBytes()
              + " bytes of weights, the files have "
              + memory.weightsBytes()
              + ".");
    }
    Optional.ofNullable(manifest.quantization()).ifPresent(said -> quantization(said, found));
    return found;
  }

  /** A graph without blocks is of a method whose nodes do not say how they were made. */
  private void quantization(ReleaseManifest.Quantization said, List<String> found) {
    Optional<WeightBlocks> commonest =
        weightBlocks.stream().filter(blocks -> blocks.blockSize() > 0).findFirst();
    WeightBlocks stated = new WeightBlocks(said.bits(), said.blockSize());
    if (commonest.isPresent() && !weightBlocks.contains(stated)) {
      found.add(
          "The weights have "
              + commonest.get()
              + ", the quantization of the manifest says "
              + stated
              + ".");
    }
  }

  private void opset(String domain, int version, List<String> found) {
    if (opsets.getOrDefault(domain, 0) > version) {
      found.add(
          "The graphs use operator set "
              + opsets.get(domain)
              + " of "
              + domain
              + ", the manifest says "
              + version
              + ".");
    }
  }

  private static void digest(
      String what, @Nullable Sha256 said, @Nullable Sha256 is, List<String> found) {
    if (said != null && !Optional.ofNullable(is).equals(Optional.of(said))) {
      found.add("The " + what + " is not the one of the manifest.");
    }
  }
}
