/**
 * Turns a verified model directory into a LanguageModel on ONNX Runtime; quantizes and compares
 * models.
 */
@NullMarked
package io.edgellm.inference;

import org.jspecify.annotations.NullMarked;
