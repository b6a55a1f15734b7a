package io.edgellm.transfer.s3;

import io.edgellm.model.RepositoryPaths;
import io.edgellm.model.Sha256;
import io.edgellm.transfer.ArtifactSource;
import io.edgellm.transfer.ByteRange;
import io.edgellm.transfer.HttpAnswer;
import io.edgellm.transfer.HttpReader;
import io.edgellm.transfer.SourcePath;
import java.net.URI;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Releases in a bucket: the directory of a publisher, uploaded as it is. A key is the prefix and
 * the path, with the {@code +} of a version in it.
 *
 * <p>A device needs {@code s3:GetObject} on the prefix and nothing else. Where a file is continued,
 * the store is asked for the rest of the same object ({@code If-Match}, since S3 does not know
 * {@code If-Range}); if that has been replaced meanwhile, it comes from its beginning. Requests are
 * signed by Signature Version 4 with the credentials that the host has at that moment. When the
 * store finds the time of a request wrong, its own clock is used from then on; when it finds a
 * session token expired, the host is asked for credentials once more.
 *
 * <p>Redirects are not followed: the store names the region to use instead, and the message of the
 * exception has it. Thread-safe.
 */
public final class S3ArtifactSource implements ArtifactSource {
  private final S3Access access;
  private final HttpReader reader;
  private final EntityTags tags = new EntityTags();

  private S3ArtifactSource(S3Access access, HttpReader reader) {
    this.access = access;
    this.reader = reader.withoutRedirects();
  }

  /**
   * Reads a bucket with a key.
   *
   * @param bucket where
   * @param credentials asked before every request, from any thread, so that keys can change; what
   *     it throws is thrown to whoever reads
   * @param clock what requests are dated by
   * @param reader how to speak with the store; not by a client that follows redirects
   */
  public static S3ArtifactSource signed(
      S3Bucket bucket,
      Supplier<S3Credentials> credentials,
      InstantSource clock,
      HttpReader reader) {
    return new S3ArtifactSource(new SignedAccess(bucket, credentials, clock), reader);
  }

  /**
   * Reads a bucket that everybody may read.
   *
   * @param bucket where
   * @param reader how to speak with the store; not by a client that follows redirects
   */
  public static S3ArtifactSource anonymous(S3Bucket bucket, HttpReader reader) {
    return new S3ArtifactSource(new PublicAccess(bucket), reader);
  }

  /**
   * Reads objects at addresses that somebody with a key has signed for this device.
   *
   * @param addresses returns where to get a file, from its path in the repository, such as {@code
   *     blobs/sha256/…}; asked before every request, from any thread. Only the host is signed, so
   *     that ranges can be asked for. The query of the address appears in no message
   * @param reader how to speak with the store; not by a client that follows redirects
   */
  public static S3ArtifactSource presigned(Function<String, URI> addresses, HttpReader reader) {
    return new S3ArtifactSource(new PresignedAccess(addresses), reader);
  }

  @Override
  public byte[] document(String path, int maxBytes) {
    return get(path, ByteRange.WHOLE, Optional.empty()).document(maxBytes);
  }

  @Override
  public BlobStream open(String path, long offsetBytes) {
    return open(path, ByteRange.from(offsetBytes));
  }

  @Override
  public BlobStream open(String path, long offsetBytes, long lengthBytes) {
    return open(path, new ByteRange(offsetBytes, lengthBytes));
  }

  @Override
  public BlobStream open(Sha256 blob, long offsetBytes, long lengthBytes) {
    return open(RepositoryPaths.blob(blob), offsetBytes, lengthBytes);
  }

  private BlobStream open(String path, ByteRange range) {
    HttpAnswer answer =
        get(path, range, range.header().isPresent() ? tags.of(path) : Optional.empty());
    if (answer.status() == 412) {
      answer.close();
      answer = get(path, ByteRange.WHOLE, Optional.empty());
    }
    BlobStream content = answer.content(range.offsetBytes());
    tags.keep(path, answer);
    return content;
  }

  private HttpAnswer get(String path, ByteRange range, Optional<String> sameAs) {
    SortedMap<String, String> headers = new TreeMap<>();
    range.header().ifPresent(value -> headers.put("range", value));
    sameAs.ifPresent(tag -> headers.put("if-match", tag));
    SourcePath checked = SourcePath.of(path);
    boolean again = false;
    while (true) {
      S3Access.Permitted permitted = access.get(checked, headers);
      HttpAnswer answer = reader.send(permitted.request(), permitted.where());
      if (isExpected(answer, sameAs.isPresent())) {
        return answer;
      }
      S3Error error = S3Error.of(answer);
      if (again || !access.learnsFrom(error, answer)) {
        throw error.toException(answer, permitted.where(), range.offsetBytes());
      }
      again = true;
    }
  }

  private static boolean isExpected(HttpAnswer answer, boolean conditional) {
    int status = answer.status();
    return status == 200 || status == 206 || (conditional && status == 412);
  }

  @Override
  public String describe() {
    return access.describe();
  }

  @Override
  public void close() {
    // The client belongs to the host; connections that idle in its pool end by themselves.
  }
}
