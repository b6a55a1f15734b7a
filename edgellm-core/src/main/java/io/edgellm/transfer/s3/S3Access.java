package io.edgellm.transfer.s3;

import io.edgellm.transfer.HttpAnswer;
import io.edgellm.transfer.SourcePath;
import java.net.http.HttpRequest;
import java.util.SortedMap;

/** How a device gets at the objects of a bucket. Implementations are thread-safe. */
interface S3Access {
  /**
   * A request that may be sent.
   *
   * @param request without a timeout
   * @param where its address, for people: without secrets
   */
  record Permitted(HttpRequest.Builder request, String where) {}

  /**
   * Makes a request for an object.
   *
   * @param path which one
   * @param headers what is wanted of it, by names in lower case
   */
  Permitted get(SourcePath path, SortedMap<String, String> headers);

  /** Returns whether a request made anew may succeed, after what an answer to it has said. */
  default boolean learnsFrom(S3Error error, HttpAnswer answer) {
    return false;
  }

  /** Returns where the objects are, for people. */
  String describe();
}
