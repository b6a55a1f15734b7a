/**
 * File operations that survive a power cut, and locks between processes. Not exported to the world.
 */
@NullMarked
package io.edgellm.internal.io;

import org.jspecify.annotations.NullMarked;
