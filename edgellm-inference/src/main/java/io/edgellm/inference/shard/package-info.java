/** Copies of models whose weights lie in one file for each block of the network. */
@NullMarked
package io.edgellm.inference.shard;

import org.jspecify.annotations.NullMarked;
