package io.edgellm.triton;

import java.util.Map;
import java.util.function.Function;

/**
 * One request of the protocol, before it is sent: immutable, so that it can be sent again.
 *
 * @param path the path below the base URI, from constants and checked names only
 * @param headers what the protocol adds; credentials are added by the transport
 * @param maxAnswerBytes bound of a 200 answer's body
 * @param decoder makes the result of an answer, or throws a {@link TritonException}
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
record Call<T>(
    String method,
    String path,
    Map<String, String> headers,
    byte[] body,
    Effect effect,
    long maxAnswerBytes,
    Function<Answer, T> decoder) {

  /** What repeating a call would do. */
  enum Effect {
    /** Nothing: it can be repeated at any time. */
    READ,
    /** Work: it may be repeated only if the server did not take it. */
    INFER,
    /** Loads or unloads: it may be repeated only if it was never sent. */
    CONTROL
  }
}
