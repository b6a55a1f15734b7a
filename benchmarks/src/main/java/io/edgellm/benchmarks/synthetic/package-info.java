/** Models of any size with random weights, the same ones for ONNX Runtime and for llama.cpp. */
@NullMarked
package io.edgellm.benchmarks.synthetic;

import org.jspecify.annotations.NullMarked;
