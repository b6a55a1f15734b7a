/** Decides: the device machine, its journal, gates and rollback. */
@NullMarked
package io.edgellm.rollout;

import org.jspecify.annotations.NullMarked;
