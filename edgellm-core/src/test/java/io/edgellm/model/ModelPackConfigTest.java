package io.edgellm.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelPackConfigTest {
  private static final Sha256 LAYER = Sha256.of("layer".getBytes(UTF_8));

  private static JsonNode config(ReleaseManifest release) throws IOException {
    return new ObjectMapper().readTree(new ModelPackConfig(release, List.of(LAYER)).toJson());
  }

  @Test
  void saysWhatTheManifestSaysInTheNamesOfTheSpecification() throws IOException {
    JsonNode json = config(ManifestScene.everything());
    assertThat(json)
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    {"descriptor": {
                       "createdAt": "2026-03-01T12:00:00Z", "authors": ["EdgeLLM"],
                       "vendor": "Example", "family": "assistant", "name": "assistant",
                       "version": "1.4.0+onnx-int8-aarch64", "title": "Assistant",
                       "description": "Answers a command with a tool call.",
                       "docURL": "https://example.com/doc",
                       "sourceURL": "https://example.com/assistant",
                       "datasetsURL": ["https://example.com/data"], "revision": "abc123",
                       "licenses": ["Apache-2.0"]},
                     "config": {
                       "architecture": "llama", "format": "onnx", "paramSize": "6.7B",
                       "precision": "float32,int8", "quantization": "static-qdq",
                       "capabilities": {
                         "inputTypes": ["text"], "outputTypes": ["text"],
                         "knowledgeCutoff": "2026-01-01T00:00:00Z", "reasoning": false,
                         "toolUsage": true, "reward": false, "languages": ["en", "de"]}},
                     "modelfs": {"type": "layers", "diffIds": ["sha256:%s"]}}
                    """
                        .formatted(LAYER)));
  }

  @Test
  void ofAReleaseThatSaysLittleItSaysLittle() throws IOException {
    JsonNode json = config(ManifestScene.says("1.0.0", ManifestScene.small()));
    assertThat(json.get("descriptor")).hasSize(3);
    assertThat(json.get("config").toString()).isEqualTo("{\"format\":\"onnx\"}");
  }

  @Test
  void refusesAnArtifactWithoutLayers() {
    assertThatThrownBy(() -> new ModelPackConfig(ManifestScene.everything(), List.of()))
        .isInstanceOf(ModelException.class);
  }

  @Test
  void writesTheNumberOfParametersWithOneDecimalAndALetter() {
    long[] counts = {1, 950, 999_949, 999_950, 1_000_000, 135_000_000, 6_738_415_616L, 1L << 50};
    String[] sizes = {"0.1K", "1K", "999.9K", "1M", "1M", "135M", "6.7B", "1.1Q"};
    for (int i = 0; i < counts.length; i++) {
      ModelTraits traits = new ModelTraits(null, counts[i], null, Capabilities.unknown());
      assertThat(traits.paramSize()).as("%d", counts[i]).contains(sizes[i]);
    }
    assertThat(ModelTraits.unknown().paramSize()).isEmpty();
  }
}
