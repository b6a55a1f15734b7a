package io.edgellm.inference.drift;

import io.edgellm.inference.drift.DriftException.Reason;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Holds a model directory against another one, usually a quantized model against its source, on
 * files of texts and probes.
 *
 * <p>Both directories are laid out as {@code OnnxModelLoader} takes them. Texts are cut into tokens
 * by the model's own tokenizer, probes are asked through its own chat template; two models whose
 * tokenizers or templates differ are refused. Both models are loaded at the same time. The same
 * files, settings and runtime give the same report, byte for byte.
 *
 * <pre>{@code
 * CheckFiles files = CheckFiles.NONE.withTexts(texts, TextForm.DOCUMENT).withProbes(probes);
 * CheckReport report =
 *     new ModelCheck(fp32, int4, CheckSettings.DEFAULT).run(files).judgedBy(DriftPolicy.DEFAULT);
 * }</pre>
 *
 * <p>Runs on the calling thread; an instance can be used again.
 */
public final class ModelCheck {
  private final Path reference;
  private final Path candidate;
  private final CheckSettings settings;
  private final LongSupplier nanoTime;

  /**
   * @param reference the directory of the model that is taken to be right
   * @param candidate the directory of the model to judge
   * @param settings how to compare
   */
  public ModelCheck(Path reference, Path candidate, CheckSettings settings) {
    this(reference, candidate, settings, System::nanoTime);
  }

  ModelCheck(Path reference, Path candidate, CheckSettings settings, LongSupplier nanoTime) {
    this.reference = reference;
    this.candidate = candidate;
    this.settings = settings;
    this.nanoTime = nanoTime;
  }

  /**
   * Compares.
   *
   * @param files what to compare on
   * @return the report
   * @throws DriftException with the reason
   * @throws io.edgellm.llm.InferenceException if a model does not open, as loading it does
   */
  public CheckReport run(CheckFiles files) {
    return run(files, progress -> {}, () -> false);
  }

  /**
   * Compares, with progress and a way to stop.
   *
   * @param files what to compare on
   * @param listener hears of every passage and probe
   * @param cancelled asked before every passage and probe; true ends with {@code CANCELLED}
   * @return the report
   * @throws DriftException with the reason
   * @throws io.edgellm.llm.InferenceException if a model does not open, as loading it does
   */
  public CheckReport run(CheckFiles files, CheckListener listener, BooleanSupplier cancelled) {
    CheckWatch watch = new CheckWatch(settings, nanoTime, listener, cancelled);
    ModelDirectory one = ModelDirectory.open(reference);
    ModelDirectory other = ModelDirectory.open(candidate);
    ModelLayout layout = ModelLayout.read(one);
    ModelLayout otherLayout = ModelLayout.read(other);
    TextSides.requireSame(one, other);
    ValidationSet validation = ValidationSet.of(files.all());
    int context = Math.min(layout.contextTokens(), otherLayout.contextTokens());
    try (ModelText text = ModelText.open(one, layout.endTokens())) {
      MaterialReader reader =
          new MaterialReader(
              text, Math.min(context, OnnxTeacherForced.MAX_CONTEXT_TOKENS), settings);
      DriftMaterial material = reader.read(files);
      watch.requireGoingOn();
      DriftReport drift = measure(layout.graph(), otherLayout.graph(), text, material, watch);
      return new CheckReport(
          model(one, CheckedModel::reference),
          model(other, CheckedModel::candidate),
          validation,
          settings,
          reader.leftOut(),
          drift,
          null);
    }
  }

  private DriftReport measure(
      Path referenceGraph,
      Path candidateGraph,
      ModelText text,
      DriftMaterial material,
      CheckWatch watch) {
    try (OnnxTeacherForced one = OnnxTeacherForced.open(referenceGraph, settings.threads());
        OnnxTeacherForced other = OnnxTeacherForced.open(candidateGraph, settings.threads())) {
      watch.begin(material);
      return new DriftMeter(one, other, text).measure(material, watch, watch::isCancelled);
    }
  }

  /** One of the two ways to digest a directory. */
  private interface Digesting {
    CheckedModel of(Path directory) throws IOException;
  }

  private static CheckedModel model(ModelDirectory directory, Digesting digesting) {
    try {
      return digesting.of(directory.root());
    } catch (IOException e) {
      throw new DriftException(
          Reason.RUN_FAILED,
          "The files of " + directory.root() + " cannot be read (" + e + ").",
          directory.root().toString(),
          e);
    }
  }
}
