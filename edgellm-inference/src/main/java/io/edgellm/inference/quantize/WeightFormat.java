package io.edgellm.inference.quantize;

/** How the constant matrix of a MatMul is stored. */
public sealed interface WeightFormat permits BlockFormat, DynamicInt8 {}
