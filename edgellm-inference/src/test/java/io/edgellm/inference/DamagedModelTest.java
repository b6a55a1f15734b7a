package io.edgellm.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import ai.onnx.proto.OnnxMl;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.engine.GoldenChat;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.InferenceException.Reason;
import io.edgellm.llm.LoadedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DamagedModelTest {
  @TempDir Path folder;

  private SampleCopy genai() {
    return SampleCopy.of("genai", folder);
  }

  private SampleCopy optimum() {
    return SampleCopy.of("optimum", folder);
  }

  private static void assertRefused(SampleCopy model, Reason reason, String subject) {
    assertThatThrownBy(model::load)
        .isInstanceOfSatisfying(
            InferenceException.class,
            e -> {
              assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
              assertThat(e.subject().orElse("") + " " + e.getMessage()).contains(subject);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "genai,model.onnx",
    "genai,model.onnx.data",
    "genai,tokenizer.json",
    "optimum,onnx/model.onnx",
    "optimum,tokenizer.json"
  })
  void namesTheFileThatIsMissing(String layout, String file) throws IOException {
    SampleCopy model = SampleCopy.of(layout, folder);
    model.delete(file);
    assertRefused(model, Reason.MODEL_INVALID, file);
  }

  @ParameterizedTest
  @CsvSource({
    "genai,model.onnx,0.5",
    "genai,model.onnx,0.99",
    "genai,model.onnx,0",
    "genai,model.onnx.data,0.5",
    "genai,model.onnx.data,0",
    "genai,tokenizer.json,0.5",
    "genai,tokenizer.json,0",
    "genai,tokenizer_config.json,0.5",
    "genai,genai_config.json,0.5",
    "genai,genai_config.json,0",
    "optimum,onnx/model.onnx,0.5",
    "optimum,onnx/model.onnx,0.999",
    "optimum,onnx/model.onnx,0",
    "optimum,config.json,0.5",
    "optimum,generation_config.json,0.5"
  })
  void refusesAFileThatWasCutOff(String layout, String file, double share) throws IOException {
    SampleCopy model = SampleCopy.of(layout, folder);
    model.truncate(file, share);
    assertRefused(model, Reason.MODEL_INVALID, file.endsWith(".data") ? "model.onnx" : file);
  }

  @Test
  void refusesAGraphThatIsSomethingElse() throws IOException {
    SampleCopy model = optimum();
    byte[] noise = new byte[1 << 16];
    new Random(1).nextBytes(noise);
    Files.write(model.file("onnx/model.onnx"), noise);
    assertRefused(model, Reason.MODEL_INVALID, "model.onnx");
  }

  @Test
  void refusesADirectoryWithoutConfiguration() throws IOException {
    SampleCopy model = genai();
    model.delete("genai_config.json");
    assertRefused(model, Reason.MODEL_UNSUPPORTED, "genai_config.json nor config.json");
  }

  @Test
  void refusesWhatIsNoDirectory() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertRefused(new SampleCopy(file), Reason.MODEL_INVALID, "file");
    assertRefused(new SampleCopy(folder.resolve("nowhere")), Reason.MODEL_INVALID, "nowhere");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../outside.onnx",
        "/etc/passwd",
        "",
        "sub/../../outside.onnx",
        "nul\\u0000byte.onnx",
        "nowhere.onnx",
        "."
      })
  void refusesAGraphNamedOutsideOfTheDirectory(String name) throws IOException {
    SampleCopy model = genai();
    Files.copy(model.file("model.onnx"), folder.resolve("outside.onnx"));
    model.replace("genai_config.json", "\"model.onnx\"", '"' + name + '"');
    assertRefused(model, Reason.MODEL_INVALID, "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.onnx",
        "model.onnx.data",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "chat_template.jinja",
        "genai_config.json"
      })
  void refusesALinkThatLeadsOutOfTheDirectory(String file) throws IOException {
    SampleCopy model = genai();
    model.linkOut(file);
    assertRefused(model, Reason.MODEL_INVALID, file);
  }

  @Test
  void followsALinkThatStaysInTheDirectory() throws Exception {
    SampleCopy model = genai();
    Files.move(model.file("model.onnx.data"), model.file("weights.bin"));
    Files.createSymbolicLink(model.file("model.onnx.data"), Path.of("weights.bin"));
    GoldenChat chat = GoldenChat.all().get(0);
    try (LoadedModel loaded = model.load()) {
      assertThat(
              loaded.generate(GenerationRequest.builder().messages(chat.messages()).build()).text())
          .isEqualTo(chat.text());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../model.onnx.data", "/etc/passwd", "sub/../../model.onnx.data"})
  void refusesWeightsNamedOutsideOfTheDirectory(String location) throws IOException {
    SampleCopy model = genai();
    Files.copy(model.file("model.onnx.data"), folder.resolve("model.onnx.data"));
    editGraph(model, graph -> withLocation(graph, location));
    assertRefused(model, Reason.MODEL_INVALID, location);
  }

  private static OnnxMl.ModelProto withLocation(OnnxMl.ModelProto graph, String location) {
    OnnxMl.ModelProto.Builder edited = graph.toBuilder();
    for (OnnxMl.TensorProto.Builder tensor : edited.getGraphBuilder().getInitializerBuilderList()) {
      for (OnnxMl.StringStringEntryProto.Builder entry : tensor.getExternalDataBuilderList()) {
        if (entry.getKey().equals("location")) {
          entry.setValue(location);
        }
      }
    }
    return edited.build();
  }

  private static void editGraph(SampleCopy model, UnaryOperator<OnnxMl.ModelProto> edit)
      throws IOException {
    OnnxMl.ModelProto graph =
        OnnxMl.ModelProto.parseFrom(Files.readAllBytes(model.file("model.onnx")));
    Files.write(model.file("model.onnx"), edit.apply(graph).toByteArray());
  }

  @ParameterizedTest
  @CsvSource({
    "'\"eos_token_id\": 2', '\"eos_token_id\": \"2\"', eos_token_id",
    "'\"eos_token_id\": 2', '\"eos_token_id\": []', eos_token_id",
    "'\"eos_token_id\": 2', '\"eos_token_id\": -1', eos_token_id",
    "'\"eos_token_id\": 2', '\"eos\": 2', eos_token_id",
    "'\"context_length\": 512', '\"context_length\": 0', context_length",
    "'\"context_length\": 512', '\"context_length\": 9999999999', context_length",
    "'\"context_length\": 512', '\"context_length\": \"a\"', context_length",
    "'\"filename\": \"model.onnx\"', '\"filename\": 7', filename",
    "'\"decoder\": {', '\"decoder\": {\"pipeline\": [], ', pipeline",
    "'\"decoder\": {', '\"decoder\": {\"sliding_window\": {}, ', window_size",
    "'\"model\": {', '\"model\": 1, \"other\": {', model"
  })
  void namesTheFieldThatIsWrong(String old, String with, String field) throws IOException {
    SampleCopy model = genai();
    model.replace("genai_config.json", old, with);
    assertRefused(model, Reason.MODEL_INVALID, field);
  }

  @Test
  void takesSeveralEndTokens() throws Exception {
    SampleCopy model = genai();
    GoldenChat chat = GoldenChat.all().get(0);
    int third = chat.outputIds().get(2);
    model.replace(
        "genai_config.json", "\"eos_token_id\": 2", "\"eos_token_id\": [2, " + third + "]");
    try (LoadedModel loaded = model.load()) {
      assertThat(
              loaded
                  .generate(GenerationRequest.builder().messages(chat.messages()).build())
                  .tokenIds())
          .isEqualTo(chat.outputIds().subList(0, 2));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'\"decoder\": {', '\"vision\": {}, \"decoder\": {', vision",
    "'past_key_values.%d.key', 'past_%d', past_key_values.0.key",
    "'present.%d.key', 'presents.%d.key', presents.0.key",
    "'\"logits\": \"logits\"', '\"logits\": \"scores\"', scores",
    "'\"input_ids\": \"input_ids\"', '\"input_ids\": \"inputs_embeds\"', inputs_embeds"
  })
  void saysWhatItSawInALayoutThatItDoesNotRun(String old, String with, String seen)
      throws IOException {
    SampleCopy model = genai();
    model.replace("genai_config.json", old, with);
    assertRefused(model, Reason.MODEL_UNSUPPORTED, seen);
  }

  @Test
  void refusesAnInputThatItDoesNotKnow() throws IOException {
    SampleCopy model = genai();
    editGraph(
        model,
        graph -> {
          OnnxMl.ModelProto.Builder edited = graph.toBuilder();
          OnnxMl.GraphProto.Builder g = edited.getGraphBuilder();
          g.addInput(g.getInput(0).toBuilder().setName("token_type_ids"));
          return edited.build();
        });
    assertRefused(model, Reason.MODEL_UNSUPPORTED, "token_type_ids");
  }

  @Test
  void refusesAModelWithoutChatTemplate() throws IOException {
    SampleCopy model = genai();
    model.delete("chat_template.jinja");
    model.editJson("tokenizer_config.json", root -> ((ObjectNode) root).remove("chat_template"));
    assertRefused(model, Reason.MODEL_UNSUPPORTED, "chat_template.jinja");
  }

  @Test
  void refusesAChatTemplateThatIsNotWellFormed() throws IOException {
    SampleCopy model = genai();
    Files.writeString(model.file("chat_template.jinja"), "{% for m in %}");
    assertRefused(model, Reason.MODEL_INVALID, "");
  }

  @Test
  void tellsWhatTheChatTemplateDoesNotAccept() throws Exception {
    SampleCopy model = genai();
    Files.writeString(
        model.file("chat_template.jinja"), "{{ raise_exception('only one message') }}");
    try (LoadedModel loaded = model.load()) {
      assertThatThrownBy(() -> loaded.generate(GenerationRequest.of("x")))
          .isInstanceOfSatisfying(
              InferenceException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TEMPLATE))
          .hasMessageContaining("only one message");
    }
  }

  @Test
  void refusesATokenizerThatKnowsMoreThanTheGraph() throws IOException {
    SampleCopy model = genai();
    model.editJson(
        "tokenizer.json",
        root -> {
          ObjectNode token = ((ObjectNode) root.path("added_tokens").get(0)).deepCopy();
          ((ArrayNode) root.path("added_tokens"))
              .add(token.put("id", 1024).put("content", "<|more|>"));
        });
    assertRefused(model, Reason.MODEL_INVALID, "tokenizer.json");
  }

  @Test
  void refusesATokenizerWithoutTheEndToken() throws IOException {
    SampleCopy model = genai();
    model.replace("genai_config.json", "\"eos_token_id\": 2", "\"eos_token_id\": 4000");
    assertRefused(model, Reason.MODEL_INVALID, "tokenizer.json");
  }

  @Test
  void refusesWeightsThatAreNotNumbers() throws IOException {
    SampleCopy model = genai();
    byte[] weights = Files.readAllBytes(model.file("model.onnx.data"));
    Arrays.fill(weights, (byte) 0xFF);
    Files.write(model.file("model.onnx.data"), weights);
    assertRefused(model, Reason.MODEL_INVALID, "model.onnx");
  }

  @ParameterizedTest
  @ValueSource(strings = {"genai_config.json", "tokenizer_config.json", "special_tokens_map.json"})
  void neverFailsInAnotherWayOnDamagedConfiguration(String file) throws IOException {
    SampleCopy model = genai();
    byte[] intact = Files.readAllBytes(model.file(file));
    for (long seed = 0; seed < 12; seed++) {
      Random random = new Random(seed);
      byte[] damaged = intact.clone();
      for (int i = 0; i <= random.nextInt(3); i++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      Files.write(model.file(file), damaged);
      try {
        model.load().close();
      } catch (InferenceException expected) {
        assertThat(expected.getMessage()).isNotBlank();
      } catch (RuntimeException e) {
        fail("seed " + seed, e);
      }
    }
  }

  @Test
  void loadsOnceTheFileIsRepaired() throws IOException {
    SampleCopy model = genai();
    model.truncate("model.onnx.data", 0.5);
    assertRefused(model, Reason.MODEL_INVALID, "model.onnx");
    Files.copy(
        GoldenChat.SAMPLE.resolve("genai/model.onnx.data"),
        model.file("model.onnx.data"),
        StandardCopyOption.REPLACE_EXISTING);
    model.load().close();
  }
}
