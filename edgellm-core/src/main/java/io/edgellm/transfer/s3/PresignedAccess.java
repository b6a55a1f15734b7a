package io.edgellm.transfer.s3;

import io.edgellm.transfer.SourcePath;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Locale;
import java.util.SortedMap;
import java.util.function.Function;

/**
 * The host knows an address for each object that lets whoever has it read the object for a while:
 * the query of such an address is a secret.
 */
record PresignedAccess(Function<String, URI> addresses) implements S3Access {
  @Override
  public Permitted get(SourcePath path, SortedMap<String, String> headers) {
    URI address = addresses.apply(path.onDisk());
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    if ((!scheme.equals("http") && !scheme.equals("https")) || address.getHost() == null) {
      throw new IllegalArgumentException(
          "What was given for '" + path.onDisk() + "' is no address: http or https and a host.");
    }
    HttpRequest.Builder request = HttpRequest.newBuilder(address);
    headers.forEach(request::header);
    return new Permitted(
        request, scheme + "://" + address.getRawAuthority() + address.getRawPath());
  }

  @Override
  public String describe() {
    return "presigned addresses";
  }

  @Override
  public String toString() {
    return describe();
  }
}
