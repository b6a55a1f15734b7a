package io.edgellm.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlockNamesTest {
  @ParameterizedTest
  @CsvSource({
    "model.layers.0.attn.qkv_proj.MatMul.weight, 0",
    "/model/layers.11/mlp/down_proj/MatMul, 11",
    "/model/layers.7/mlp/act_fn/Mul_output_0, 7",
    "transformer.h.23.attn.c_attn.weight, 23",
    "h.3.mlp.c_fc.weight, 3",
    "/transformer/h.5/mlp/MatMul, 5",
    "transformer.blocks.4.ffn.up_proj.weight, 4",
    "gpt_neox.layers.2.attention.dense.weight, 2",
    "p_model_layers_9_self_attn_q_proj_weight, 9",
    "model.decoder.layers.1.fc1.weight, 1",
    "encoder.layer.6.output.dense.weight, 6",
    "model.layers.12.mlp.experts.3.w1.weight, 12",
    "decoder.block.2.layer.1.weight, 2",
    "model.layers.100.mlp.gate.weight_Q4, 100"
  })
  void tellTheOutermostBlock(String name, int block) {
    assertThat(BlockNames.block(name)).hasValue(block);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "onnx::MatMul_3456",
        "lm_head.MatMul.weight",
        "model.norm.weight",
        "model.layers.5.final_norm_layernorm.weight",
        "cos_cache",
        "/model/rotary_emb/Concat_output_0",
        "width.3.x",
        "layers.weight",
        "model.layers.99999999999.weight",
        ""
      })
  void tellNoBlock(String name) {
    assertThat(BlockNames.block(name)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.embed_tokens.weight",
        "transformer.wte.weight",
        "wpe.weight",
        "/model/embed_tokens/Gather",
        "tok_embeddings.weight",
        "model.embed_tokens.weight_Q4"
      })
  void tellAnEmbedding(String name) {
    assertThat(BlockNames.isEmbedding(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.rotary_embedding.inv_freq",
        "/model/RotaryEmbedding/Cos",
        "model.rotary_emb.inv_freq",
        "lm_head.weight",
        "power.weight"
      })
  void takeNothingElseForAnEmbedding(String name) {
    assertThat(BlockNames.isEmbedding(name)).isFalse();
  }
}
