/** What a candidate is judged by while it serves: figures in, a verdict out, nothing else. */
@NullMarked
package io.edgellm.rollout.gate;

import org.jspecify.annotations.NullMarked;
