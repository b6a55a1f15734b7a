package io.edgellm.inference.shard;

import io.edgellm.inference.internal.TargetDirectory;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.inference.onnx.MalformedOnnxException;
import io.edgellm.inference.shard.ShardException.Reason;
import io.edgellm.inference.shard.plan.ShardPlan;
import io.edgellm.llm.InferenceException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * Copies a model so that its weights lie in one file for each block of the network. Two releases
 * that differ in one block then differ in one file, and that file is all that a device fetches.
 *
 * <pre>
 * model.onnx                  the graph, without weights
 * weights/embeddings.data     tables of tokens and positions
 * weights/block-00.data       the weights of block 0
 * weights/block-01.data       …
 * weights/head.data           the head, and what belongs to no block
 * </pre>
 *
 * <p>The layouts are those that the engine loads: onnxruntime-genai and Optimum, with weights in
 * the graph, in one file beside it, or sharded already. The directory {@code weights} lies beside
 * the graph; of a model in several stages, each has its own below it, named like its graph. Every
 * other file is copied as it is, except hidden ones and the manifest, signature, attestations and
 * receipt of a release. The model computes the same, bit for bit, and the same model gives the same
 * bytes.
 *
 * <p>Which block a weight belongs to is read from its name, or from the names of the nodes that
 * read it. A graph whose names tell of no block is refused: any other cut would move with every
 * release. Weights lie so that a runtime can map them; decision 036 has the figures.
 *
 * <p>Memory: the graph without its weights, and one buffer of 1 MiB. Weights of any size pass
 * through it; a graph file with weights inside is itself limited to 2 GiB, by ONNX. Immutable; may
 * be used by several threads at once.
 */
public final class ModelSharder {
  /** Makes a sharder. */
  public ModelSharder() {}

  /**
   * Copies a model on the calling thread.
   *
   * @param model the directory of the model; only read
   * @param target the directory to make; must not exist
   * @return what was written
   * @throws ShardException with the reason; the target does not exist then
   */
  public ShardReport shard(Path model, Path target) {
    return shard(model, target, progress -> {}, () -> false);
  }

  /**
   * Copies a model on the calling thread, with progress and a way to stop. The directory appears
   * under its name when it is complete and on disk; a process that is killed before leaves a hidden
   * directory {@code .<target>.partial-…}, which can be deleted.
   *
   * @param model the directory of the model; only read
   * @param target the directory to make; must not exist
   * @param listener hears of every tensor
   * @param cancelled asked before every MiB; true ends with {@code CANCELLED}
   * @return what was written
   * @throws ShardException with the reason; the target does not exist then
   */
  public ShardReport shard(
      Path model, Path target, ShardListener listener, BooleanSupplier cancelled) {
    try {
      ModelDirectory source = ModelDirectory.open(model);
      refuseTargetInside(source, target);
      ModelLayout layout = ModelLayout.read(source);
      try (TargetDirectory directory = TargetDirectory.create(target)) {
        ShardReport report = new Sharding(source, directory, listener, cancelled).run(layout);
        directory.commit();
        return report;
      }
    } catch (InferenceException e) {
      Reason reason =
          e.reason() == InferenceException.Reason.MODEL_UNSUPPORTED
              ? Reason.MODEL_UNSUPPORTED
              : Reason.MODEL_INVALID;
      throw new ShardException(reason, String.valueOf(e.getMessage()), e.subject().orElse(null), e);
    } catch (MalformedOnnxException e) {
      throw new ShardException(
          Reason.MODEL_INVALID, String.valueOf(e.getMessage()), e.subject(), e);
    } catch (ShardPlan.Unmoved e) {
      throw new ShardException(Reason.MODEL_UNSUPPORTED, e.sentence(), e.location(), e);
    } catch (TargetDirectory.Exists e) {
      throw new ShardException(Reason.TARGET_EXISTS, e.sentence(), e.getFile(), e);
    } catch (IOException e) {
      throw failed(model, target, e);
    }
  }

  /** The next run over the same source would take the result for a part of it. */
  private static void refuseTargetInside(ModelDirectory source, Path target) {
    if (target.toAbsolutePath().normalize().startsWith(source.root())) {
      throw new ShardException(
          Reason.TARGET_INSIDE_MODEL,
          target + " lies in the directory of the model; choose one beside it.",
          target.toString());
    }
  }

  private static ShardException failed(Path model, Path target, IOException e) {
    if (e instanceof ClosedByInterruptException) {
      return new ShardException(
          Reason.CANCELLED, "The thread was interrupted; nothing was written.", null, e);
    }
    String text = String.valueOf(e.getMessage());
    if (text.contains("No space left") || text.contains("not enough space")) {
      return new ShardException(
          Reason.NO_SPACE,
          "The disk became full: free some space, or choose a target on another disk.",
          target.toString(),
          e);
    }
    return new ShardException(
        Reason.IO,
        "Sharding " + model + " to " + target + " failed: " + text,
        target.toString(),
        e);
  }
}
