package io.edgellm.inference.graph;

import io.edgellm.inference.engine.GoldenChat;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.inference.surgery.SurgeryOptions;

/** Opens the graphs of the sample model. */
final class SampleGraph {
  private SampleGraph() {}

  static DecoderGraph open(String layout, int prefillChunk) {
    return open(layout, prefillChunk, 512, 1);
  }

  static DecoderGraph open(String layout, int prefillChunk, int contextTokens, int slots) {
    return open(layout, new SessionSettings(1, false, prefillChunk, contextTokens, slots, null));
  }

  /** Opens the graph as loaders do: after it was mended. */
  static DecoderGraph openPrepared(String layout, int prefillChunk, int contextTokens, int slots) {
    return open(
        layout,
        new SessionSettings(1, false, prefillChunk, contextTokens, slots, SurgeryOptions.plain(1)));
  }

  private static DecoderGraph open(String layout, SessionSettings settings) {
    ModelDirectory directory = ModelDirectory.open(GoldenChat.SAMPLE.resolve(layout));
    return DecoderGraph.open(
        RuntimeGuard.ofThisProcess(false).start(),
        directory,
        ModelLayout.read(directory),
        settings);
  }
}
