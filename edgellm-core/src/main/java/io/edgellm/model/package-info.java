/** What a release is, which bytes it consists of, and which devices it fits. */
@NullMarked
package io.edgellm.model;

import org.jspecify.annotations.NullMarked;
