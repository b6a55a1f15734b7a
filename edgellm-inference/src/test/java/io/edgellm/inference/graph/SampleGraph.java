package io.edgellm.inference.graph;

import io.edgellm.inference.engine.GoldenChat;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;

/** Opens the graphs of the sample model. */
final class SampleGraph {
  private SampleGraph() {}

  static DecoderGraph open(String layout, int prefillChunk) {
    return open(layout, prefillChunk, 512, 1);
  }

  static DecoderGraph open(String layout, int prefillChunk, int contextTokens, int slots) {
    ModelDirectory directory = ModelDirectory.open(GoldenChat.SAMPLE.resolve(layout));
    return DecoderGraph.open(
        RuntimeGuard.ofThisProcess(false).start(),
        directory,
        ModelLayout.read(directory),
        new SessionSettings(1, false, prefillChunk, contextTokens, slots));
  }
}
