@NullMarked
package io.edgellm.internal.io;

import org.jspecify.annotations.NullMarked;
