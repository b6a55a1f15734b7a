package io.edgellm.inference.embedding;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.edgellm.inference.graph.GraphDeclaration;
import io.edgellm.inference.internal.ModelFile;
import io.edgellm.inference.internal.PassThreads;
import io.edgellm.inference.onnx.MalformedOnnxException;
import io.edgellm.inference.onnx.OnnxGraphFile;
import io.edgellm.inference.surgery.GraphSource;
import io.edgellm.llm.InferenceException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;

/**
 * A graph that gives the vector of a text in one pass. Owns every native handle of it. For one
 * thread, but for {@link #interrupt()}.
 */
final class EmbedderGraph implements AutoCloseable {
  private final EmbedderPlan plan;
  private final OrtSession session;
  private final TextFeed feed;
  private final OrtSession.RunOptions runOptions;

  private EmbedderGraph(
      EmbedderPlan plan, OrtSession session, TextFeed feed, OrtSession.RunOptions runOptions) {
    this.plan = plan;
    this.session = session;
    this.feed = feed;
    this.runOptions = runOptions;
  }

  /**
   * Reads the weights.
   *
   * @throws InferenceException MODEL_INVALID or MODEL_UNSUPPORTED
   */
  static EmbedderGraph open(
      OrtEnvironment environment, EmbedderPlan plan, EmbedderSettings settings) {
    ModelFile file = new ModelFile(plan.layout().graph(), Integer.MAX_VALUE);
    try {
      OrtSession session = session(environment, plan, settings);
      try {
        EmbedderSignature signature =
            EmbedderSignature.read(GraphDeclaration.of(session), plan.layout());
        TextFeed feed =
            new TextFeed(environment, signature, plan.layout().firstPosition(), plan.maxTokens());
        return new EmbedderGraph(plan, session, feed, new OrtSession.RunOptions());
      } catch (OrtException | RuntimeException | Error e) {
        session.close();
        throw e;
      }
    } catch (MalformedOnnxException e) {
      throw file.invalid("is not a whole ONNX graph: " + e.getMessage(), e);
    } catch (IOException e) {
      throw file.unreadable(e);
    } catch (OrtException e) {
      if (e.getCode() == OrtException.OrtErrorCode.ORT_NOT_IMPLEMENTED) {
        throw file.unsupported("needs something that this runtime lacks: " + e.getMessage());
      }
      throw file.invalid("does not open: " + e.getMessage(), e);
    }
  }

  private static OrtSession session(
      OrtEnvironment environment, EmbedderPlan plan, EmbedderSettings settings)
      throws IOException, OrtException {
    Path graph = plan.layout().graph();
    ModelProto part = PathToOutput.of(OnnxGraphFile.read(graph), plan.output().name());
    PassThreads threads = new PassThreads(settings.threads(), settings.spinning());
    try (OrtSession.SessionOptions options = threads.options()) {
      return new GraphSource.InMemory(part.toByteString(), graph.resolveSibling(""))
          .open(environment, options);
    }
  }

  /**
   * Returns the vector of a text.
   *
   * @param ids its tokens, at least one
   * @throws InferenceException MODEL_INVALID if what comes out is no vector
   */
  float[] vector(int[] ids) throws OrtException {
    VectorOutput output = plan.output();
    try (OrtSession.Result result = session.run(feed.put(ids), Set.of(output.name()), runOptions)) {
      float[] vector = vector(output, (OnnxTensor) result.get(0), ids.length);
      if (plan.normalized()) {
        TokenVectors.normalize(vector);
      }
      return vector;
    }
  }

  private float[] vector(VectorOutput output, OnnxTensor tensor, int tokens) {
    long[] shape = tensor.getInfo().getShape();
    int dimensions = Math.toIntExact(shape[shape.length - 1]);
    FloatBuffer numbers = Objects.requireNonNull(tensor.getFloatBuffer());
    if (output instanceof VectorOutput.OfTokens ofTokens) {
      requireShape(shape, 1, feed.positions(tokens), dimensions);
      return new TokenVectors(numbers, tokens, dimensions).pooled(ofTokens.pooling());
    }
    requireShape(shape, 1, dimensions);
    float[] vector = new float[dimensions];
    numbers.get(vector);
    return vector;
  }

  private void requireShape(long[] actual, long... expected) {
    if (!Arrays.equals(actual, expected)) {
      throw new ModelFile(plan.layout().graph(), Integer.MAX_VALUE)
          .unsupported(
              "gives '"
                  + plan.output().name()
                  + "' as "
                  + Arrays.toString(actual)
                  + " for a text that it should be "
                  + Arrays.toString(expected)
                  + " for");
    }
  }

  /** Ends the pass under way and all that follow; from any thread, before {@link #close()}. */
  void interrupt() throws OrtException {
    runOptions.setTerminate(true);
  }

  @Override
  public void close() {
    feed.close();
    runOptions.close();
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("The runtime does not close a session.", e);
    }
  }
}
