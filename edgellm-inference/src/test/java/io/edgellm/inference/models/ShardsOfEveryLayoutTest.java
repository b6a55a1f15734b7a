package io.edgellm.inference.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.inference.OnnxModelLoader;
import io.edgellm.inference.OnnxOptions;
import io.edgellm.inference.shard.ModelSharder;
import io.edgellm.inference.shard.ShardReport;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.LoadedModel;
import io.edgellm.trust.DevelopmentModel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Directories of every layout answer the same when their weights lie in shards. */
class ShardsOfEveryLayoutTest {
  @TempDir Path folder;

  private static List<Integer> answer(Path directory) throws Exception {
    OnnxOptions options = OnnxOptions.builder().threads(1).prefillChunk(4).build();
    try (LoadedModel model = new OnnxModelLoader(options).load(DevelopmentModel.at(directory))) {
      return model
          .generate(GenerationRequest.builder().user("hello world").maxTokens(12).build())
          .tokenIds();
    }
  }

  @ParameterizedTest
  @EnumSource(LayoutRow.class)
  void answersAsBefore(LayoutRow row) throws Exception {
    TinyModel model = row.write(folder.resolve("model"));

    ShardReport report = new ModelSharder().shard(model.directory(), folder.resolve("sharded"));

    assertThat(report.shards())
        .anySatisfy(shard -> assertThat(shard.path()).endsWith("block-00.data"));
    assertThat(answer(folder.resolve("sharded"))).isEqualTo(answer(model.directory()));
  }
}
