package io.edgellm.inference.surgery;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.ProcessLocks;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Finds the prepacked weights of a prepared graph, or has the runtime write and prove them. */
final class Prepacking {
  private static final String NAME = "prepacked";
  private static final String LOCKS = "locks";

  /** What is written is up to two and a half times as large as the weights, and is copied once. */
  private static final int ROOM = 5;

  private final OrtEnvironment environment;
  private final SurgeryOptions options;
  private final ModelLayout layout;
  private final Disk disk;

  Prepacking(OrtEnvironment environment, SurgeryOptions options, ModelLayout layout, Disk disk) {
    this.environment = environment;
    this.options = options;
    this.layout = layout;
    this.disk = disk;
  }

  /**
   * What came out of it.
   *
   * @param step what was done
   * @param source what to open
   */
  record Result(SurgeryStep step, GraphSource source) {}

  /**
   * Finds or makes them.
   *
   * @param plain the prepared graph
   * @param weightBytes the size of the files that it names
   */
  Result apply(SurgeryCache cache, GraphSource plain, long weightBytes) {
    PrepackedWeights weights =
        new PrepackedWeights(disk, cache, options.int8Cache() ? NAME + "-int8" : NAME);
    Sha256 key = key(cache, plain);
    try {
      Optional<GraphSource> found = weights.find(key);
      return found.isPresent()
          ? done("they were packed before, see " + weights.folder(), found.get())
          : made(cache, weights, key, plain, weightBytes);
    } catch (IOException | OrtException e) {
      return left("they cannot be packed: " + e.getMessage(), plain);
    }
  }

  private static Sha256 key(SurgeryCache cache, GraphSource plain) {
    String graph =
        plain instanceof GraphSource.InMemory memory
            ? Sha256.of(memory.model().toByteArray()).hex()
            : "as it lies on the disk";
    return Sha256.of((cache.key().hex() + graph).getBytes(StandardCharsets.UTF_8));
  }

  private Result made(
      SurgeryCache cache, PrepackedWeights weights, Sha256 key, GraphSource plain, long weightBytes)
      throws IOException, OrtException {
    cache.prepareFolder();
    if (disk.usableBytes(cache.folder()) / ROOM < weightBytes) {
      return left("packing needs %d bytes of free disk".formatted(ROOM * weightBytes), plain);
    }
    try (ProcessLocks locks = ProcessLocks.open(cache.folder().resolve(LOCKS))) {
      Optional<ProcessLocks.Held> held = locks.tryExclusive(NAME);
      if (held.isEmpty()) {
        return left("another process packs them at this moment", plain);
      }
      try {
        return written(weights, key, plain);
      } finally {
        held.get().close();
      }
    }
  }

  private Result written(PrepackedWeights weights, Sha256 key, GraphSource plain)
      throws IOException, OrtException {
    try {
      weights.begin();
      Behaviour expected = behaviour(plain, weights);
      Behaviour actual = behaviour(weights.align());
      Optional<String> objection = expected.objection(actual, Integer.MAX_VALUE, 0);
      if (objection.isPresent()) {
        weights.abandon();
        return new Result(SurgeryStep.undone(NAME, objection.get()), plain);
      }
      return done("they are mapped from " + weights.folder(), weights.commit(key));
    } catch (GraphProbe.Unknown e) {
      weights.abandon();
      return left("they cannot be compared, because the graph " + e.seen(), plain);
    } catch (IOException | OrtException e) {
      weights.abandon();
      throw e;
    }
  }

  private Behaviour behaviour(GraphSource source) throws OrtException, GraphProbe.Unknown {
    try (OrtSession.SessionOptions session = Examination.session(options)) {
      return behaviour(source, session);
    }
  }

  /** The session writes while it is opened. */
  private Behaviour behaviour(GraphSource source, PrepackedWeights weights)
      throws OrtException, GraphProbe.Unknown {
    try (OrtSession.SessionOptions session = Examination.session(options)) {
      weights.addTo(session);
      return behaviour(source, session);
    }
  }

  private Behaviour behaviour(GraphSource source, OrtSession.SessionOptions sessionOptions)
      throws OrtException, GraphProbe.Unknown {
    try (OrtSession session = source.open(environment, sessionOptions);
        GraphProbe probe = new GraphProbe(environment, session, layout)) {
      return Behaviour.of(probe);
    }
  }

  private static Result done(String detail, GraphSource source) {
    return new Result(SurgeryStep.done(NAME, detail), source);
  }

  private static Result left(String detail, GraphSource source) {
    return new Result(SurgeryStep.left(NAME, detail), source);
  }
}
