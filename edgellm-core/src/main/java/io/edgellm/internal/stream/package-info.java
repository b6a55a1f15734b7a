/** Reading, for everybody who hashes; knows nothing of what is read. */
@NullMarked
package io.edgellm.internal.stream;

import org.jspecify.annotations.NullMarked;
