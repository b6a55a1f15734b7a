/** Small programs that show one thing each. */
@NullMarked
package io.edgellm.examples;

import org.jspecify.annotations.NullMarked;
