/** What several packages of this module share and no user needs. */
@NullMarked
package io.edgellm.inference.internal;

import org.jspecify.annotations.NullMarked;
