/** A client for Triton Inference Server and other servers of the Open Inference Protocol v2. */
@NullMarked
package io.edgellm.triton;

import org.jspecify.annotations.NullMarked;
