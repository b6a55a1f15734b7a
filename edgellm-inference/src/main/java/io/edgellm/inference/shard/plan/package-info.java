/**
 * Which file each weight of a model goes into, and where it lies there. Nothing is written here.
 */
@NullMarked
package io.edgellm.inference.shard.plan;

import org.jspecify.annotations.NullMarked;
