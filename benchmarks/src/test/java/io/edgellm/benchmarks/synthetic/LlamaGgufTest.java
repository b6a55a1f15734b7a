package io.edgellm.benchmarks.synthetic;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.benchmarks.synthetic.GgufTensor.Encoding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LlamaGgufTest {
  private static final ModelShape SHAPE = ModelShape.tiny();

  @TempDir Path directory;

  private Path write(long seed, Encoding encoding) throws IOException {
    Path path = Files.createTempFile(directory, "model", ".gguf");
    Files.delete(path);
    new LlamaGguf(new DecoderWeights(SHAPE, seed), encoding).write(path);
    return path;
  }

  @Test
  void theSameSeedGivesTheSameBytes() throws IOException {
    assertThat(write(7, Encoding.Q4_0)).hasSameBinaryContentAs(write(7, Encoding.Q4_0));
  }

  @Test
  void anotherSeedGivesOtherWeights() throws IOException {
    assertThat(Files.mismatch(write(7, Encoding.Q4_0), write(8, Encoding.Q4_0))).isPositive();
  }

  @Test
  void saysTheShapeInLlamasNames() throws IOException {
    GgufReader file = new GgufReader(write(1, Encoding.Q4_0));

    assertThat(file.version).isEqualTo(3);
    assertThat(file.metadata)
        .containsEntry("general.architecture", "llama")
        .containsEntry("llama.block_count", SHAPE.layers())
        .containsEntry("llama.embedding_length", SHAPE.hidden())
        .containsEntry("llama.attention.head_count_kv", SHAPE.keyValueHeads())
        .containsEntry("tokenizer.ggml.add_bos_token", false);
    assertThat((List<?>) file.metadata.get("tokenizer.ggml.tokens")).hasSize(SHAPE.vocabulary());
  }

  @Test
  void tensorsAreAlignedAndFillTheFile() throws IOException {
    GgufReader file = new GgufReader(write(1, Encoding.Q4_0));

    assertThat(file.tensors).hasSize(2 + 9 * SHAPE.layers());
    assertThat(file.tensors.get("token_embd.weight"))
        .isEqualTo(
            new GgufReader.Tensor(List.of((long) SHAPE.hidden(), (long) SHAPE.vocabulary()), 2, 0));
    long end = 0;
    for (GgufReader.Tensor tensor : file.tensors.values()) {
      assertThat(tensor.offset()).isEqualTo((end + 31) / 32 * 32);
      long weights = tensor.dims().stream().reduce(1L, (a, b) -> a * b);
      end = tensor.offset() + (tensor.type() == 0 ? weights * 4 : weights / 32 * 18);
    }
    assertThat(file.dataStart + (end + 31) / 32 * 32).isEqualTo(file.fileBytes());
  }

  @Test
  void valuesKeepTheOrderOfTheirRows() throws IOException {
    GgufReader file = new GgufReader(write(1, Encoding.F32));
    RandomMatrix values = new DecoderWeights(SHAPE, 1).values(1);

    ByteBuffer lastRow =
        file.data("blk.1.attn_v.weight", 4L * (values.rows() - 1) * values.columns());
    assertThat(lastRow.getFloat()).isEqualTo(values.at(values.rows() - 1, 0));
  }

  @Test
  void aPairThatIsRotatedTogetherLiesSideBySide() throws IOException {
    GgufReader file = new GgufReader(write(1, Encoding.F32));
    RandomMatrix query = new DecoderWeights(SHAPE, 1).query(0);
    int half = SHAPE.headSize() / 2;

    for (int head = 0; head < SHAPE.heads(); head++) {
      for (int i = 0; i < half; i++) {
        int row = head * SHAPE.headSize() + 2 * i;
        ByteBuffer first = file.data("blk.0.attn_q.weight", 4L * row * query.columns());
        ByteBuffer second = file.data("blk.0.attn_q.weight", 4L * (row + 1) * query.columns());
        assertThat(first.getFloat()).isEqualTo(query.at(head * SHAPE.headSize() + i, 0));
        assertThat(second.getFloat()).isEqualTo(query.at(head * SHAPE.headSize() + half + i, 0));
      }
    }
  }
}
