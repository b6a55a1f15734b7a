/** A page of HTML with pictures, without a library and without scripts. */
@NullMarked
package io.edgellm.examples.report;

import org.jspecify.annotations.NullMarked;
