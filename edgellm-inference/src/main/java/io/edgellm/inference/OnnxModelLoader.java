package io.edgellm.inference;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import io.edgellm.inference.embedding.OnnxTextEmbedder;
import io.edgellm.inference.engine.BudgetedModel;
import io.edgellm.inference.engine.Drafting;
import io.edgellm.inference.engine.EngineSettings;
import io.edgellm.inference.engine.OnnxLanguageModel;
import io.edgellm.inference.graph.GraphPlan;
import io.edgellm.inference.graph.RuntimeGuard;
import io.edgellm.inference.graph.RuntimeOperators;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.inference.layout.RecommendedSampling;
import io.edgellm.inference.memory.MemoryBudget;
import io.edgellm.inference.prefix.PrefixCache;
import io.edgellm.inference.surgery.SurgeryOptions;
import io.edgellm.llm.LoadedModel;
import io.edgellm.llm.ModelLoader;
import io.edgellm.llm.Sampling;
import io.edgellm.llm.TextEmbedder;
import io.edgellm.model.DeviceProfile;
import io.edgellm.trust.LoadableModel;
import io.edgellm.trust.VerifiedModel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opens model directories on ONNX Runtime: those of onnxruntime-genai's model builder
 * (genai_config.json) and of Hugging Face Optimum (config.json, onnx/model.onnx), also quantized.
 *
 * <p>The graph itself says what is fed to it; a kind that is not run is refused with what was seen.
 * A loaded model runs as many requests at once as {@link OnnxOptions.Builder#concurrency} says, and
 * also implements {@link io.edgellm.llm.AnswerScorer}. Thread-safe.
 */
public final class OnnxModelLoader implements ModelLoader {
  private final OnnxOptions options;
  private final OrtEnvironment environment;
  private final @Nullable PrefixCache prefixCache;

  /**
   * Starts the runtime with the default options.
   *
   * @throws io.edgellm.llm.InferenceException RUNTIME if the runtime does not load on this machine
   *     or would send usage events
   */
  public OnnxModelLoader() {
    this(OnnxOptions.defaults());
  }

  /**
   * Starts the runtime.
   *
   * @throws io.edgellm.llm.InferenceException RUNTIME if the runtime does not load on this machine
   *     or would send usage events that the host did not accept
   */
  public OnnxModelLoader(OnnxOptions options) {
    this.options = options;
    this.environment = RuntimeGuard.ofThisProcess(options.acceptsRuntimeTelemetry()).start();
    this.prefixCache = PrefixMemory.open(options);
  }

  /**
   * Describes this machine with the runtime that was really loaded, to tell which releases fit it:
   * its version, its execution providers and its operator sets. Accelerators are known to the host
   * alone.
   *
   * @param availableRamBytes what the host grants to models
   */
  public DeviceProfile deviceProfile(long availableRamBytes) {
    return DeviceProfile.ofThisMachine("onnxruntime", environment.getVersion(), availableRamBytes)
        .withExecutionProviders(
            OrtEnvironment.getAvailableProviders().stream().map(OrtProvider::getName).toList())
        .withOperators(RuntimeOperators.newest(environment), List.of());
  }

  /**
   * Opens a model.
   *
   * <p>What verified the directory vouches for it; its files are not hashed again here. They must
   * not change from then until the model is closed: the runtime may map weights instead of reading
   * them, so that a file that is overwritten in place changes what runs, and one that is cut off
   * can end the process. Replacing a whole directory by renaming is safe once the model is loaded.
   *
   * @throws io.edgellm.llm.InferenceException MODEL_INVALID if a file is missing, damaged or lies
   *     outside of the directory; MODEL_UNSUPPORTED if the model is of a kind that is not run;
   *     OUT_OF_BUDGET if the memory budget has no room for it; RUNTIME if there is not enough
   *     memory for it
   */
  @Override
  public LoadedModel load(LoadableModel model) {
    EngineSettings settings = settings(model);
    MemoryBudget budget = options.memoryBudget();
    if (budget.isUnlimited()) {
      return OnnxLanguageModel.open(environment, model, settings);
    }
    return new BudgetedModel(
        model,
        budget,
        plan(model).memory().totalBytes(),
        () -> OnnxLanguageModel.open(environment, model, settings),
        settings);
  }

  /**
   * Opens an encoder, or a decoder whose graph shows its hidden states, as its files say; see
   * {@link #loadEmbedder(LoadableModel, EmbedderOptions)}.
   */
  public TextEmbedder loadEmbedder(LoadableModel model) {
    return loadEmbedder(model, EmbedderOptions.defaults());
  }

  /**
   * Opens a model that turns texts into vectors: an encoder with tokenizer.json and config.json, as
   * sentence-transformers, Optimum and transformers.js lay it out, or a decoder whose graph gives
   * {@code last_hidden_state} or {@code hidden_states}. As for {@link #load}, its files must not
   * change until it is closed.
   *
   * <p>It takes its memory from the budget of the options and keeps it until it is closed.
   *
   * @throws io.edgellm.llm.InferenceException MODEL_INVALID if a file is missing, damaged or lies
   *     outside of the directory; MODEL_UNSUPPORTED if the model is of a kind that is not run, or
   *     gives nothing that a vector could be made of; OUT_OF_BUDGET or RUNTIME if there is not
   *     enough memory for it
   */
  public TextEmbedder loadEmbedder(LoadableModel model, EmbedderOptions embedder) {
    return OnnxTextEmbedder.open(environment, model, embedder.settings(options));
  }

  /**
   * Returns the sampling that the publisher of a model recommends in genai_config.json or
   * generation_config.json; greedy without a recommendation. Requests do not take it by themselves.
   *
   * @throws io.edgellm.llm.InferenceException MODEL_INVALID if a file is damaged or recommends what
   *     has no meaning
   */
  public Sampling recommendedSampling(LoadableModel model) {
    return RecommendedSampling.read(ModelDirectory.open(model.directory()));
  }

  /**
   * Tells what loading a model would mean, without reading its weights.
   *
   * @throws io.edgellm.llm.InferenceException MODEL_INVALID or MODEL_UNSUPPORTED as {@link #load},
   *     as far as it can be told from the declarations
   */
  public LoadPlan explain(LoadableModel model) {
    GraphPlan plan = plan(model);
    return new LoadPlan(
        model.title(),
        plan.layout().graph(),
        plan.fittedSettings().contextTokens(),
        plan.settings().slots(),
        plan.memory(),
        options.memoryBudget().freeBytes());
  }

  /**
   * Forgets the beginnings of prompts that were kept for later ones, in memory and in the directory
   * of the options, of all models. What lies in the slots of a model that is open is forgotten when
   * other prompts take its place, or the model is closed.
   *
   * @throws java.io.UncheckedIOException if a file could not be deleted
   */
  public void forgetPrefixes() {
    if (prefixCache != null) {
      prefixCache.clear();
    }
  }

  private GraphPlan plan(LoadableModel model) {
    ModelDirectory directory = ModelDirectory.open(model.directory());
    ModelLayout layout = ModelLayout.read(directory);
    return GraphPlan.read(directory, layout, settings(model).session(layout.contextTokens()));
  }

  private EngineSettings settings(LoadableModel model) {
    return new EngineSettings(
        options.threads(),
        options.spinning(),
        options.prefillChunk(),
        options.maxContextTokens(),
        options.concurrency(),
        options.queueBound(),
        options.threadFactory(),
        options.deadlineExecutor().orElse(null),
        options.eventExecutor().orElse(null),
        prefixCache,
        switch (options.speculation()) {
          case OFF -> Drafting.NEVER;
          case EXACT -> Drafting.WHERE_EXACT;
          case ON -> Drafting.ALWAYS;
        },
        options.clock(),
        surgery(model));
  }

  private SurgeryOptions surgery(LoadableModel model) {
    return new SurgeryOptions(
        options.cacheDirectory().orElse(null),
        model instanceof VerifiedModel ? model.receipt().rootDigest() : null,
        options.threads(),
        options.int8Cache(),
        options.prepackedWeights());
  }
}
