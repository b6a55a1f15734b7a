/**
 * A client for Triton Inference Server and other servers of the Open Inference Protocol v2, over
 * HTTP/1.1.
 *
 * <p>Start with {@link io.edgellm.triton.TritonClient#builder}. The client asks for health,
 * metadata, configuration, statistics and the repository index, loads and unloads models, and runs
 * inference with binary tensors, each as a blocking call and as a future ({@link
 * io.edgellm.triton.TritonClient#async()}). gRPC, token streams and shared memory are not part of
 * it.
 *
 * <p>A server is not trusted: bodies, nesting and tokens are bounded, one deadline holds from the
 * connection to the last byte, redirects are not followed, compressed answers are refused, and
 * whatever does not give a result is a {@link io.edgellm.triton.TritonException} with a reason.
 */
@NullMarked
package io.edgellm.triton;

import org.jspecify.annotations.NullMarked;
