package io.edgellm.examples;

import io.edgellm.inference.OnnxModelLoader;
import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.LoadedModel;
import io.edgellm.trust.DevelopmentModel;
import java.nio.file.Path;

/** Asks the sample model one thing and shows the answer while it comes. */
final class Hello {
  public static void main(String[] args) throws InterruptedException {
    var directory = DevelopmentModel.at(Path.of("examples/sample-model/genai"));
    try (LoadedModel model = new OnnxModelLoader().load(directory)) {
      var request = GenerationRequest.of("dim the bedroom lights to 30 percent");
      var answer = model.generate(request, Hello::show).await();
      System.out.printf("%n%.0f tokens/s%n", answer.tokensPerSecond());
    }
  }

  private static void show(GenerationEvent event) {
    if (event instanceof GenerationEvent.Token token) {
      System.out.print(token.text());
    } else if (event instanceof GenerationEvent.Finished end) {
      System.out.print(end.trailingText());
    }
  }
}
