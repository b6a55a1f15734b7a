/** What a device went through, durably: every decision can be read, and made, again. */
@NullMarked
package io.edgellm.rollout.journal;

import org.jspecify.annotations.NullMarked;
