/**
 * What both sides of The Update Framework must write in the same way: signed bytes, keys with their
 * ids, and the names of files. Not exported to the world.
 */
@NullMarked
package io.edgellm.internal.tuf;

import org.jspecify.annotations.NullMarked;
