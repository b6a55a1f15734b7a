package io.edgellm.transfer.s3;

import io.edgellm.transfer.SourcePath;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.SortedMap;

/** Everybody may read the bucket. */
record PublicAccess(S3Bucket bucket) implements S3Access {
  @Override
  public Permitted get(SourcePath path, SortedMap<String, String> headers) {
    URI address = bucket.address(path);
    HttpRequest.Builder request = HttpRequest.newBuilder(address);
    headers.forEach(request::header);
    return new Permitted(request, address.toString());
  }

  @Override
  public String describe() {
    return bucket.toString();
  }
}
