package io.edgellm.inference.surgery;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.edgellm.inference.internal.PassThreads;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.inference.onnx.ExternalFiles;
import io.edgellm.inference.onnx.MalformedOnnxException;
import java.nio.file.Path;
import java.util.Optional;

/** Compares a graph with its changed forms, one session after the other. */
final class Examination {
  /** What a cache in bytes may cost on tokens without sense, which are the hardest. */
  private static final double MOST_DIVERGENCE = 0.02;

  private static final double LEAST_AGREEMENT = 0.9;

  private final OrtEnvironment environment;
  private final SurgeryOptions options;
  private final ModelLayout layout;
  private final ModelProto original;
  private boolean conclusive = true;

  Examination(
      OrtEnvironment environment, SurgeryOptions options, ModelLayout layout, ModelProto original) {
    this.environment = environment;
    this.options = options;
    this.layout = layout;
    this.original = original;
  }

  /** Returns whether another attempt would come to the same verdict. */
  boolean isConclusive() {
    return conclusive;
  }

  /** What the unchanged graph does. */
  private record Reference(Behaviour behaviour, CacheScales scales) {}

  Verdict verdict() throws MalformedOnnxException {
    boolean inOneFile = isInOneFile();
    Rewrite pruning = HeadPruning.apply(original, layout.names().logits());
    if (!inOneFile && pruning instanceof Rewrite.Left && !options.int8Cache()) {
      return verdict(weightsLeft(), left("head", pruning), notAsked(), new CacheScales());
    }
    try {
      return compared(reference(), inOneFile, pruning);
    } catch (GraphProbe.Unknown e) {
      return nothing("it cannot be compared, because the graph " + e.seen());
    } catch (OrtException e) {
      conclusive = false;
      return nothing("the unchanged graph does not run: " + e.getMessage());
    }
  }

  private Verdict compared(Reference reference, boolean inOneFile, Rewrite pruning) {
    SurgeryStep weights = weightsLeft();
    SurgeryStep head = left("head", pruning);
    ModelProto model = original;
    if (pruning instanceof Rewrite.Done done) {
      Optional<String> objection = objectionToRows(done.model(), reference.behaviour());
      head = step("head", done.what(), objection);
      model = objection.isEmpty() ? done.model() : original;
    }
    if (inOneFile) {
      Optional<String> objection =
          head.isDone() ? Optional.empty() : objection(original, reference.behaviour());
      weights = step("weights", "they are mapped instead of read", objection);
    }
    if (!options.int8Cache()) {
      return verdict(weights, head, notAsked(), new CacheScales());
    }
    Rewrite bytes = CacheQuantization.apply(model, reference.scales());
    if (bytes instanceof Rewrite.Done done) {
      Optional<String> objection = objectionToDrift(done.model(), reference.behaviour());
      SurgeryStep cache = step("cache", done.what(), objection);
      return verdict(weights, head, cache, cache.isDone() ? reference.scales() : new CacheScales());
    }
    return verdict(weights, head, left("cache", bytes), new CacheScales());
  }

  private Reference reference() throws OrtException, GraphProbe.Unknown {
    try (OrtSession session = open(new GraphSource.OnDisk(layout.graph()));
        GraphProbe probe = new GraphProbe(environment, session, layout)) {
      Behaviour behaviour = Behaviour.of(probe);
      CacheScales scales = new CacheScales();
      if (options.int8Cache()) {
        for (int[] tokens : Probes.forRanges(probe.vocabularySize())) {
          probe.pass(tokens, 0);
          probe.state().forEach(scales::widen);
          probe.forget();
        }
      }
      return new Reference(behaviour, scales);
    }
  }

  private Optional<String> objection(ModelProto model, Behaviour expected) {
    return examine(
        model,
        probe -> expected.objection(Behaviour.of(probe), Integer.MAX_VALUE, Tolerance.FLOATS));
  }

  private Optional<String> objectionToRows(ModelProto model, Behaviour expected) {
    Tolerance tolerance = Tolerance.of(original.getGraph(), layout.names().logits());
    return examine(
        model,
        probe -> {
          for (int rows : new int[] {Integer.MAX_VALUE, 2, 1, 0}) {
            boolean all = rows == Integer.MAX_VALUE;
            Optional<String> objection =
                expected.objection(
                    Behaviour.of(probe, rows),
                    rows,
                    all ? tolerance.ofAllRows() : tolerance.ofSomeRows());
            if (objection.isPresent()) {
              return objection;
            }
          }
          return Optional.empty();
        });
  }

  private Optional<String> objectionToDrift(ModelProto model, Behaviour expected) {
    return examine(
        model, probe -> expected.drift(Behaviour.of(probe), MOST_DIVERGENCE, LEAST_AGREEMENT));
  }

  /** Looks at a changed graph that runs. */
  private interface Look {
    Optional<String> at(GraphProbe probe) throws OrtException, GraphProbe.Unknown;
  }

  private Optional<String> examine(ModelProto model, Look look) {
    Path folder = layout.graph().resolveSibling("");
    try (OrtSession session = open(new GraphSource.InMemory(model.toByteString(), folder));
        GraphProbe probe = new GraphProbe(environment, session, layout)) {
      return look.at(probe);
    } catch (GraphProbe.Unknown e) {
      return Optional.of("the changed graph " + e.seen());
    } catch (OrtException e) {
      conclusive = false;
      return Optional.of("the changed graph does not run: " + e.getMessage());
    }
  }

  private OrtSession open(GraphSource source) throws OrtException {
    try (OrtSession.SessionOptions session = session(options)) {
      return source.open(environment, session);
    }
  }

  /** Returns how a session runs that is only compared. */
  static OrtSession.SessionOptions session(SurgeryOptions options) throws OrtException {
    return new PassThreads(options.threads(), false).options();
  }

  private boolean isInOneFile() throws MalformedOnnxException {
    String name = String.valueOf(layout.graph().getFileName());
    return ExternalFiles.locations(ExternalFiles.ranges(original)).contains(name);
  }

  private static Verdict nothing(String why) {
    return verdict(
        SurgeryStep.left("weights", why),
        SurgeryStep.left("head", why),
        SurgeryStep.left("cache", why),
        new CacheScales());
  }

  private static Verdict verdict(
      SurgeryStep weights, SurgeryStep head, SurgeryStep cache, CacheScales scales) {
    return new Verdict(weights, head, cache, scales);
  }

  private static SurgeryStep step(String name, String what, Optional<String> objection) {
    return objection
        .map(why -> SurgeryStep.undone(name, why))
        .orElseGet(() -> SurgeryStep.done(name, what));
  }

  private static SurgeryStep left(String name, Rewrite rewrite) {
    return SurgeryStep.left(name, rewrite instanceof Rewrite.Left left ? left.why() : "");
  }

  private static SurgeryStep weightsLeft() {
    return SurgeryStep.left("weights", "they lie in files of their own, which are mapped anyway");
  }

  private static SurgeryStep notAsked() {
    return SurgeryStep.left("cache", "it was not asked for");
  }
}
