package io.edgellm.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import io.edgellm.llm.Constraint;
import io.edgellm.llm.Constraint.Whitespace;
import io.edgellm.llm.Generation;
import io.edgellm.llm.GenerationListener;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.JsonSchema;
import io.edgellm.llm.LoadedModel;
import io.edgellm.llm.Sampling;
import io.edgellm.trust.DevelopmentModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever a model draws under a schema at a high temperature is valid, by a validator of somebody
 * else, and ends within its bound. {@code -Dedgellm.generations=1000} asks for as many per model.
 */
class ConstrainedGenerationsTest {
  private static final int GENERATIONS = Integer.getInteger("edgellm.generations", 250);
  private static final int AT_ONCE = 4;
  private static final float WEIGHT = 0.2f;

  private static final List<Whitespace> WHITESPACE = List.of(Whitespace.values());

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private static final List<String> SCHEMAS =
      List.of(
          """
          {"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},
           "required":["name","age"],"additionalProperties":false}
          """,
          """
          {"type":"object","properties":{"a":{"type":"number","minimum":-3,"maximum":4.5},
           "b":{"type":["string","null"],"maxLength":9},"c":{"enum":["x",1,null,{"y":[true]}]}},
           "additionalProperties":false}
          """,
          """
          {"type":"array","items":{"type":"string","pattern":"^[a-z]{1,4}(-[0-9]+)?$"},
           "minItems":1,"maxItems":4}
          """,
          """
          {"$ref":"#/$defs/node","$defs":{"node":{"type":"object","properties":{
           "value":{"type":"integer","multipleOf":5,"minimum":0},
           "children":{"type":"array","items":{"$ref":"#/$defs/node"},"maxItems":2}},
           "required":["value"],"additionalProperties":false}}}
          """,
          """
          {"anyOf":[{"type":"object","properties":{"kind":{"const":"circle"},
           "radius":{"type":"number","exclusiveMinimum":0}},"required":["kind","radius"],
           "additionalProperties":false},
           {"type":"object","properties":{"kind":{"const":"box"},"sides":{"type":"array",
           "items":{"type":"integer","minimum":1,"maximum":99},"minItems":2,"maxItems":2}},
           "required":["kind","sides"],"additionalProperties":false}]}
          """,
          """
          {"type":"object","properties":{"when":{"type":"string","format":"date-time"},
           "id":{"type":"string","format":"uuid"},"ok":{"type":"boolean"}},
           "required":["when","ok"],"additionalProperties":false}
          """,
          """
          {"type":"object","additionalProperties":{"type":"integer"},
           "propertyNames":{"pattern":"^[a-zé]{1,3}$"}}
          """,
          """
          {"allOf":[{"type":"object","properties":{"text":{"type":"string","minLength":3}}},
           {"properties":{"text":{"maxLength":12},"tag":{"enum":["a","b"]}},
           "required":["text","tag"]}],"unevaluatedProperties":true}
          """);

  @TempDir Path folder;

  @Test
  void areValidWithTheSampleModel() throws Exception {
    draw(SampleCopy.of("genai", folder).directory(), 11);
  }

  @Test
  void areValidWithRandomWeights() throws Exception {
    SampleCopy copy = SampleCopy.of("genai", folder);
    Path weights = copy.file("model.onnx.data");
    Random random = new Random(5);
    ByteBuffer floats =
        ByteBuffer.allocate((int) Files.size(weights)).order(ByteOrder.LITTLE_ENDIAN);
    while (floats.hasRemaining()) {
      floats.putFloat((float) random.nextGaussian() * WEIGHT);
    }
    Files.write(weights, floats.array());
    draw(copy.directory(), 12);
  }

  private static void draw(Path directory, long seed) throws Exception {
    OnnxOptions options = OnnxOptions.builder().threads(1).concurrency(AT_ONCE).build();
    Random random = new Random(seed);
    List<String> invalid = new ArrayList<>();
    try (LoadedModel model = new OnnxModelLoader(options).load(DevelopmentModel.at(directory))) {
      for (int drawn = 0; drawn < GENERATIONS; drawn += AT_ONCE) {
        List<GenerationRequest> requests = new ArrayList<>();
        List<Generation> answers = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
          GenerationRequest request = request(random, drawn + i);
          requests.add(request);
          answers.add(model.generate(request, GenerationListener.silent()));
        }
        for (int i = 0; i < AT_ONCE; i++) {
          check(requests.get(i), answers.get(i).await(), invalid);
        }
      }
    }
    assertThat(invalid).as("seed %d", seed).isEmpty();
  }

  private static GenerationRequest request(Random random, int number) {
    Whitespace whitespace = WHITESPACE.get(random.nextInt(WHITESPACE.size()));
    JsonSchema schema = new JsonSchema(SCHEMAS.get(number % SCHEMAS.size()));
    return GenerationRequest.builder()
        .user("Give me number " + number + ".")
        .constraint(new Constraint.Schema(schema, whitespace))
        .sampling(Sampling.builder().temperature(1.5f).seed(random.nextLong()).build())
        .maxTokens(70 + random.nextInt(60))
        .build();
  }

  private static void check(
      GenerationRequest request, GenerationResult answer, List<String> invalid) throws IOException {
    Constraint.Schema constraint = (Constraint.Schema) request.constraint().orElseThrow();
    SchemaValidatorsConfig config =
        SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
    Set<ValidationMessage> errors =
        JsonSchemaFactory.getInstance(VersionFlag.V202012)
            .getSchema(constraint.schema().json(), InputFormat.JSON, config)
            .validate(JSON.readTree(answer.text()));
    if (!errors.isEmpty() || answer.completionTokens() > request.maxTokens()) {
      invalid.add(answer + ": " + errors);
    }
  }
}
