/** The main job from publishing to rollback, in one process, on the sample model. */
@NullMarked
package io.edgellm.examples.quickstart;

import org.jspecify.annotations.NullMarked;
