package io.edgellm.benchmarks.synthetic;

import io.edgellm.benchmarks.synthetic.GgufTensor.Encoding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the weights as llama.cpp's architecture {@code llama}, all matrices in one encoding and
 * the norms in fp32. There is no {@code output.weight}: llama.cpp takes the embedding for it.
 */
final class LlamaGguf {
  private static final int NORMAL_TOKEN = 1;
  private static final int CONTROL_TOKEN = 3;
  private static final int QUANTIZATION_VERSION = 2;

  private final ModelShape shape;
  private final DecoderWeights weights;
  private final Encoding encoding;

  LlamaGguf(DecoderWeights weights, Encoding encoding) {
    this.shape = weights.shape();
    this.weights = weights;
    this.encoding = encoding;
  }

  void write(Path path) throws IOException {
    new GgufFile(metadata(), tensors()).write(path);
  }

  private Map<String, Object> metadata() {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("general.architecture", "llama");
    metadata.put("general.name", "synthetic " + shape.name());
    metadata.put("general.file_type", encoding.code());
    metadata.put("general.quantization_version", QUANTIZATION_VERSION);
    metadata.put("llama.context_length", shape.context());
    metadata.put("llama.embedding_length", shape.hidden());
    metadata.put("llama.block_count", shape.layers());
    metadata.put("llama.feed_forward_length", shape.intermediate());
    metadata.put("llama.attention.head_count", shape.heads());
    metadata.put("llama.attention.head_count_kv", shape.keyValueHeads());
    metadata.put("llama.attention.layer_norm_rms_epsilon", DecoderWeights.NORM_EPSILON);
    metadata.put("llama.rope.dimension_count", shape.headSize());
    metadata.put("llama.rope.freq_base", DecoderWeights.ROPE_BASE);
    metadata.put("llama.vocab_size", shape.vocabulary());
    metadata.put("tokenizer.ggml.model", "gpt2");
    metadata.put("tokenizer.ggml.pre", "llama-bpe");
    metadata.put("tokenizer.ggml.tokens", WordVocabulary.entries(shape.vocabulary()));
    metadata.put("tokenizer.ggml.token_type", tokenTypes());
    metadata.put("tokenizer.ggml.merges", List.of(String.join(" ", WordVocabulary.MERGE)));
    metadata.put("tokenizer.ggml.bos_token_id", WordVocabulary.END);
    metadata.put("tokenizer.ggml.eos_token_id", WordVocabulary.END);
    metadata.put("tokenizer.ggml.add_bos_token", false);
    return metadata;
  }

  private int[] tokenTypes() {
    int[] types = new int[shape.vocabulary()];
    Arrays.fill(types, NORMAL_TOKEN);
    types[WordVocabulary.END] = CONTROL_TOKEN;
    return types;
  }

  private List<GgufTensor> tensors() {
    List<GgufTensor> tensors = new ArrayList<>();
    tensors.add(matrix("token_embd", weights.embedding()));
    for (int layer = 0; layer < shape.layers(); layer++) {
      String block = "blk." + layer + ".";
      tensors.add(norm(block + "attn_norm"));
      tensors.add(rotated(block + "attn_q", weights.query(layer), shape.heads()));
      tensors.add(rotated(block + "attn_k", weights.keys(layer), shape.keyValueHeads()));
      tensors.add(matrix(block + "attn_v", weights.values(layer)));
      tensors.add(matrix(block + "attn_output", weights.attentionOutput(layer)));
      tensors.add(norm(block + "ffn_norm"));
      tensors.add(matrix(block + "ffn_gate", weights.gate(layer)));
      tensors.add(matrix(block + "ffn_up", weights.up(layer)));
      tensors.add(matrix(block + "ffn_down", weights.down(layer)));
    }
    tensors.add(norm("output_norm"));
    return tensors;
  }

  private GgufTensor matrix(String name, RandomMatrix matrix) {
    return GgufTensor.matrix(name + ".weight", matrix, encoding);
  }

  private GgufTensor norm(String name) {
    return GgufTensor.ones(name + ".weight", shape.hidden());
  }

  /**
   * The rotary embedding turns pairs of rows. ONNX Runtime pairs row i of a head with row i + half
   * (as Hugging Face does), llama.cpp's {@code llama} row 2i with row 2i + 1: the same order that
   * its convert_hf_to_gguf.py makes ({@code LlamaModel.permute}).
   */
  private GgufTensor rotated(String name, RandomMatrix matrix, int heads) {
    int headRows = matrix.rows() / heads;
    int half = headRows / 2;
    return new GgufTensor(
        name + ".weight",
        matrix.rows(),
        matrix.columns(),
        encoding,
        (row, into) -> {
          int inHead = row % headRows;
          matrix.row(row - inHead + inHead % 2 * half + inHead / 2, into);
        });
  }
}
