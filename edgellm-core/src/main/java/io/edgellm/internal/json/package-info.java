/** Strict reading and canonical writing of JSON. Not exported to the world. */
@NullMarked
package io.edgellm.internal.json;

import org.jspecify.annotations.NullMarked;
