package io.edgellm.benchmarks.delta;

import io.edgellm.delta.TensorAlignment;
import java.nio.file.Path;

/**
 * Two versions of one file.
 *
 * @param name what changed, for people
 * @param base the old file
 * @param target the new file
 * @param alignment which tensor stood where
 * @param bounded whether the change is one of weights, so that the entropy bound says something
 */
record FileChange(
    String name, Path base, Path target, TensorAlignment alignment, boolean bounded) {}
