/** The command {@code edgellm}: a publisher's work and a device's, on a command line. */
@NullMarked
package io.edgellm.examples.cli;

import org.jspecify.annotations.NullMarked;
