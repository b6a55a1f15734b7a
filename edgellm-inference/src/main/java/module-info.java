/**
 * Turns a verified model directory into a LanguageModel on ONNX Runtime; quantizes and compares
 * models.
 */
module io.edgellm.inference {
  requires transitive io.edgellm.core;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires com.github.benmanes.caffeine;
  requires com.microsoft.onnxruntime;
  requires ai.djl.tokenizers;
  requires ai.djl.api;
  requires org.tribuo.util.onnx;
  // Frees native memory at once on Java 17 to 21; see NativeMemory.
  requires jdk.unsupported;
  requires com.google.protobuf;
  requires static transitive org.jspecify;

  exports io.edgellm.inference;
  exports io.edgellm.inference.calibration;
  exports io.edgellm.inference.delta;
  exports io.edgellm.inference.memory;
  exports io.edgellm.inference.template;
  exports io.edgellm.inference.text;
  exports io.edgellm.inference.drift;
  exports io.edgellm.inference.facts;
  exports io.edgellm.inference.quantize;
  exports io.edgellm.inference.shard;
}
