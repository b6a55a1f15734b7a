/**
 * Strict reading of YAML that people write, with the line and column of everything. Not exported.
 */
@NullMarked
package io.edgellm.internal.yaml;

import org.jspecify.annotations.NullMarked;
