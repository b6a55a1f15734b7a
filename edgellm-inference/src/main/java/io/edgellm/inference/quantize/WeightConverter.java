package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.edgellm.inference.onnx.TensorRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Takes tensors from the source to the new weight file, one at a time: as they are, or quantized.
 */
final class WeightConverter {
  private static final int CHUNK_BYTES = 1 << 20;

  private final TensorSource source;
  private final WeightFiles target;
  private final SourceMatrix.Reading reading;
  private final QuantizationListener listener;
  private final Map<String, ByteString> inline = new HashMap<>();
  private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);

  WeightConverter(
      TensorSource source,
      WeightFiles target,
      SourceMatrix.Reading reading,
      QuantizationListener listener) {
    this.source = source;
    this.target = target;
    this.reading = reading;
    this.listener = listener;
  }

  /**
   * Writes all weights of a graph.
   *
   * @return the bytes of new tensors that stay in the graph, by name
   */
  Map<String, ByteString> convert(RewrittenGraph graph) throws IOException {
    for (RewrittenGraph.Work constant : graph.constants()) {
      copy(constant);
    }
    long total = 0;
    for (RewrittenGraph.Work work : graph.initializers()) {
      total += source.bytes(work.source()).length();
    }
    int number = 0;
    long done = 0;
    for (RewrittenGraph.Work work : graph.initializers()) {
      copy(work);
      quantize(work, graph.places(), new Part(done, total));
      number++;
      done += source.bytes(work.source()).length();
      listener.onTensor(
          new QuantizationListener.Progress(
              work.source().getName(), number, graph.initializers().size(), done, total));
    }
    return inline;
  }

  private void copy(RewrittenGraph.Work work) throws IOException {
    FiniteNumbers numbers = new FiniteNumbers(work.source());
    TensorRange place = work.copy();
    if (place == null) {
      if (work.rewrite() == null) {
        lookThrough(work.source(), numbers);
      }
      return;
    }
    TensorBytes bytes = source.bytes(work.source());
    for (long position = 0; position < bytes.length(); position += CHUNK_BYTES) {
      reading.pause();
      chunk.clear().limit((int) Math.min(CHUNK_BYTES, bytes.length() - position));
      bytes.read(position, chunk);
      numbers.look(chunk.flip());
      target.write(place, position, chunk);
    }
  }

  /** What stays in the graph is looked at as well; what nothing reads has no place to be. */
  private static void lookThrough(TensorProto tensor, FiniteNumbers numbers) {
    if (!TensorRange.isExternal(tensor)) {
      numbers.look(tensor.getRawData().asReadOnlyByteBuffer());
      tensor.getFloatDataList().forEach(numbers::look);
    }
  }

  private void quantize(RewrittenGraph.Work work, Map<NewTensor, TensorRange> places, Part part)
      throws IOException {
    NodeRewrite rewrite = work.rewrite();
    if (rewrite == null) {
      return;
    }
    TensorProto tensor = work.source();
    Places sink = new Places(places);
    part.length = source.bytes(tensor).length();
    rewrite.write(source.matrix(tensor, part), sink);
    rewrite.tensors().forEach(sink::finish);
  }

  /** Tells how much of one tensor is read, however often it is read. */
  private final class Part implements SourceMatrix.Reading {
    private final long before;
    private final long total;
    private long length;
    private long read;

    Part(long before, long total) {
      this.before = before;
      this.total = total;
    }

    @Override
    public void pause() {
      reading.pause();
    }

    @Override
    public void read(long bytes) {
      read = Math.min(length, read + bytes);
      listener.onBytes(before + read, total);
    }
  }

  /** Sends the bytes of the new tensors of one weight to their places. */
  private final class Places implements TensorSink {
    private final Map<NewTensor, TensorRange> places;
    private final Map<NewTensor, Long> written = new HashMap<>();
    private final Map<NewTensor, ByteBuffer> small = new HashMap<>();

    Places(Map<NewTensor, TensorRange> places) {
      this.places = places;
    }

    @Override
    public void append(NewTensor tensor, ByteBuffer bytes) throws IOException {
      long position = written.getOrDefault(tensor, 0L);
      written.put(tensor, position + bytes.remaining());
      TensorRange place = places.get(tensor);
      if (place == null) {
        small.computeIfAbsent(tensor, it -> ByteBuffer.allocate((int) it.bytes())).put(bytes);
      } else {
        target.write(place, position, bytes);
      }
    }

    void finish(NewTensor tensor) {
      NewTensor shared = tensor.shared();
      if (shared != null) {
        ByteString bytes = inline.get(shared.name());
        if (bytes != null) {
          inline.put(tensor.name(), bytes);
        }
        return;
      }
      if (written.getOrDefault(tensor, 0L) != tensor.bytes()) {
        throw new IllegalStateException("Not all bytes were made of " + tensor);
      }
      ByteBuffer bytes = small.get(tensor);
      if (bytes != null) {
        inline.put(tensor.name(), ByteString.copyFrom(bytes.flip()));
      }
    }
  }
}
