package io.edgellm.examples.langchain4j;

import io.edgellm.inference.OnnxModelLoader;
import io.edgellm.inference.OnnxOptions;
import io.edgellm.llm.LoadedModel;
import io.edgellm.trust.DevelopmentModel;
import java.nio.file.Path;

/** The model that turns a command into a tool call. */
final class SampleModel {
  private SampleModel() {}

  static LoadedModel load() {
    Path directory = Path.of(System.getProperty("edgellm.sample.dir"), "genai");
    return new OnnxModelLoader(OnnxOptions.builder().threads(1).concurrency(2).build())
        .load(DevelopmentModel.at(directory));
  }
}
