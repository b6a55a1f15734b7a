package io.edgellm.benchmarks.comparison;

/** The engines that are compared. */
enum EngineKind {
  /** This project's. */
  EDGELLM("EdgeLLM") {
    @Override
    Engine open(EngineSettings settings) {
      return new EdgeLlmEngine(settings);
    }
  },
  /** The peer. */
  LLAMA_CPP("llama.cpp") {
    @Override
    Engine open(EngineSettings settings) {
      return new LlamaCppEngine(settings);
    }
  };

  private final String label;

  EngineKind(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  /** Loads a model into this process, until the process ends. */
  abstract Engine open(EngineSettings settings);
}
