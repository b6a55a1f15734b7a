/** Small decoders with random weights, in the layouts that exporters write. */
@NullMarked
package io.edgellm.inference.models;

import org.jspecify.annotations.NullMarked;
