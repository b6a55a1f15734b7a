package io.edgellm.transfer.s3;

import io.edgellm.model.Sha256;
import io.edgellm.transfer.HttpAnswer;
import io.edgellm.transfer.HttpReader;
import io.edgellm.transfer.SourcePath;
import io.edgellm.transfer.TransferControl;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.UploadBody;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The objects of a bucket, for whoever may write them: each request of the protocol once, nothing
 * is tried again. Paths are relative to the prefix of the bucket.
 *
 * <p>Every request is signed with its body, so that a store that checks signatures takes no byte
 * that was changed on the way. Thread-safe.
 */
public final class S3Objects {
  private static final String DIGEST = "x-amz-meta-sha256";
  private static final int MAX_LIST_BYTES = 4 << 20;
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

  private final S3Bucket bucket;
  private final SignedAccess access;
  private final HttpReader reader;

  /**
   * @param bucket where
   * @param credentials asked before every request, from any thread, so that keys can change
   * @param clock what requests are dated by
   * @param reader how to speak with the store; not by a client that follows redirects
   */
  public S3Objects(
      S3Bucket bucket,
      Supplier<S3Credentials> credentials,
      InstantSource clock,
      HttpReader reader) {
    this.bucket = bucket;
    this.access = new SignedAccess(bucket, credentials, clock);
    this.reader = reader.withoutRedirects();
  }

  /**
   * What a store says of an object.
   *
   * @param sizeBytes its size
   * @param entityTag what tells this state of it from others; not a digest
   * @param sha256 the digest that its writer has noted, if he has
   */
  public record Head(long sizeBytes, String entityTag, Optional<Sha256> sha256) {}

  /**
   * An upload in parts that was begun.
   *
   * @param path of the object that it will be
   * @param id its name
   * @param begun when
   */
  public record OpenUpload(String path, String id, Instant begun) {}

  /**
   * A part that a store has.
   *
   * @param number from 1
   * @param entityTag with its quotes
   * @param sizeBytes its size; -1 if it was not asked for
   */
  public record Part(int number, String entityTag, long sizeBytes) {}

  /** Returns the headers by which an object carries its digest. */
  public static Map<String, String> noting(Sha256 digest) {
    return Map.of(DIGEST, digest.hex());
  }

  /**
   * Asks for an object.
   *
   * @throws TransferException with {@code FORBIDDEN} where the store does not say whether there is
   *     one
   */
  public Optional<Head> head(String path) {
    Reply reply = send("HEAD", address(path, ""), new TreeMap<>());
    HttpAnswer answer = reply.answer();
    answer.close();
    return switch (answer.status()) {
      case 200 ->
          Optional.of(
              new Head(
                  answer.header("Content-Length").map(Long::parseLong).orElse(-1L),
                  answer.header("ETag").orElse(""),
                  answer
                      .header(DIGEST)
                      .filter(hex -> HEX.matcher(hex).matches())
                      .map(Sha256::new)));
      case 404 -> Optional.empty();
      default -> throw reply.refusal(where(path), "s3:GetObject and s3:ListBucket");
    };
  }

  /**
   * Reads a small object whole.
   *
   * @param reads takes its bytes and its entity tag
   * @throws TransferException with {@code FORBIDDEN} where the store does not say whether there is
   *     one
   */
  public <T> Optional<T> get(String path, int maxBytes, Reading<T> reads) {
    Reply reply = send("GET", address(path, ""), new TreeMap<>());
    HttpAnswer answer = reply.answer();
    if (answer.status() == 200) {
      return Optional.of(reads.of(answer.document(maxBytes), answer.header("ETag").orElse("")));
    }
    if (answer.status() == 404 && !reply.error().code().equals("NoSuchBucket")) {
      return Optional.empty();
    }
    throw reply.refusal(where(path), "s3:GetObject and s3:ListBucket");
  }

  /** Takes what was read. */
  @FunctionalInterface
  public interface Reading<T> {
    /** Takes the bytes of an object and its entity tag. */
    T of(byte[] bytes, String entityTag);
  }

  /**
   * Writes an object.
   *
   * @param headers such as {@code content-type}, and conditions such as {@code if-none-match};
   *     names in lower case
   * @return whether the conditions were met
   */
  public boolean put(
      String path, UploadBody body, Map<String, String> headers, TransferControl control) {
    SortedMap<String, String> all = new TreeMap<>(headers);
    byte[] digest = body.sha256().bytes();
    all.put("x-amz-checksum-sha256", Base64.getEncoder().encodeToString(digest));
    Reply reply = send("PUT", address(path, ""), all, body, control);
    reply.answer().close();
    return switch (reply.answer().status()) {
      case 200 -> true;
      case 412 -> false;
      default -> throw reply.refusal(where(path), "s3:PutObject");
    };
  }

  /** Begins an object that comes in parts, and returns the name of the upload. */
  public String begin(String path, Map<String, String> headers, TransferControl control) {
    UploadBody nothing = UploadBody.of(new byte[0]);
    Reply reply = send("POST", address(path, "uploads="), new TreeMap<>(headers), nothing, control);
    return reply
        .listing(where(path), "s3:PutObject")
        .text("UploadId")
        .orElseThrow(() -> reply.answer().refused("it begins an upload without a name"));
  }

  /**
   * Sends a part.
   *
   * @return what the store knows it by; nothing if there is no such upload any more
   */
  public Optional<Part> part(
      String path, String upload, int number, UploadBody body, TransferControl control) {
    String query = "partNumber=" + number + "&uploadId=" + escaped(upload);
    Reply reply = send("PUT", address(path, query), new TreeMap<>(), body, control);
    HttpAnswer answer = reply.answer();
    answer.close();
    if (answer.status() == 200) {
      return Optional.of(
          new Part(
              number,
              answer.header("ETag").orElseThrow(() -> answer.refused("a part has no ETag")),
              body.sizeBytes()));
    }
    if (reply.error().code().equals("NoSuchUpload")) {
      return Optional.empty();
    }
    throw reply.refusal(where(path), "s3:PutObject");
  }

  /**
   * Makes an object of parts.
   *
   * @param parts in their order
   * @return whether it is there; false if there is no such upload any more, or not these parts
   */
  public boolean complete(String path, String upload, List<Part> parts, TransferControl control) {
    StringBuilder xml = new StringBuilder("<CompleteMultipartUpload>");
    for (Part part : parts) {
      xml.append("<Part><PartNumber>")
          .append(part.number())
          .append("</PartNumber><ETag>")
          .append(part.entityTag().replace("\"", "&quot;"))
          .append("</ETag></Part>");
    }
    xml.append("</CompleteMultipartUpload>");
    UploadBody body = UploadBody.of(xml.toString().getBytes(StandardCharsets.UTF_8));
    URI address = address(path, "uploadId=" + escaped(upload));
    SortedMap<String, String> headers = new TreeMap<>(Map.of("content-type", "application/xml"));
    Reply reply = send("POST", address, headers, body, control);
    boolean promised = reply.answer().status() == 200;
    // The store begins its answer before it has done it, and may say 200 of a failure.
    S3Error error = promised ? S3Error.of(reply.answer()) : reply.error();
    return switch (error.code()) {
      case "NoSuchUpload", "InvalidPart", "InvalidPartOrder" -> false;
      default -> {
        if (!promised || !error.code().isEmpty()) {
          throw error.toRefusal(reply.answer(), where(path), "s3:PutObject");
        }
        yield true;
      }
    };
  }

  /** Throws away what has come of an upload; does nothing if there is none. */
  public void abort(String path, String upload) {
    Reply reply = send("DELETE", address(path, "uploadId=" + escaped(upload)), new TreeMap<>());
    reply.answer().close();
    int status = reply.answer().status();
    if (status != 204 && status != 200 && status != 404) {
      throw reply.refusal(where(path), "s3:AbortMultipartUpload");
    }
  }

  /** Returns the uploads that were begun for paths with a beginning, a thousand at most. */
  public List<OpenUpload> uploads(String beginning) {
    String prefix = bucket.key("");
    URI address =
        URI.create(bucket.root() + "?prefix=" + escaped(bucket.key(beginning)) + "&uploads=");
    S3Listing listing =
        send("GET", address, new TreeMap<>())
            .listing(bucket.toString(), "s3:ListBucketMultipartUploads");
    List<OpenUpload> uploads = new ArrayList<>();
    for (S3Listing upload : listing.all("Upload")) {
      String key = upload.text("Key").orElse("");
      Optional<String> id = upload.text("UploadId");
      if (id.isPresent() && key.startsWith(prefix)) {
        Instant begun = upload.instant("Initiated").orElse(Instant.MAX);
        uploads.add(new OpenUpload(key.substring(prefix.length()), id.get(), begun));
      }
    }
    return uploads;
  }

  /** Returns the parts that a store has of an upload. */
  public List<Part> parts(String path, String upload) {
    List<Part> parts = new ArrayList<>();
    String marker = "0";
    boolean more = true;
    while (more) {
      String query = "part-number-marker=" + marker + "&uploadId=" + escaped(upload);
      S3Listing listing =
          send("GET", address(path, query), new TreeMap<>())
              .listing(where(path), "s3:ListMultipartUploadParts");
      for (S3Listing part : listing.all("Part")) {
        parts.add(
            new Part(
                (int) part.number("PartNumber"),
                part.text("ETag").orElse(""),
                part.number("Size")));
      }
      String next = listing.text("NextPartNumberMarker").orElse(marker);
      more = listing.text("IsTruncated").orElse("").equals("true") && !next.equals(marker);
      marker = next;
    }
    return parts;
  }

  private URI address(String path, String query) {
    URI address = bucket.address(SourcePath.of(path));
    return query.isEmpty() ? address : URI.create(address + "?" + query);
  }

  private String where(String path) {
    return bucket.address(SourcePath.of(path)).toString();
  }

  private static String escaped(String value) {
    return SourcePath.escaped(value).replace("/", "%2F");
  }

  /**
   * An answer, and what the store says if it is no.
   *
   * @param answer whose body is read already if it is a refusal
   */
  private record Reply(HttpAnswer answer, S3Error error) {
    static Reply of(HttpAnswer answer) {
      return new Reply(answer, answer.status() < 300 ? S3Error.NONE : S3Error.of(answer));
    }

    TransferException refusal(String where, String right) {
      return error.toRefusal(answer, where, right);
    }

    S3Listing listing(String where, String right) {
      if (answer.status() != 200) {
        throw refusal(where, right);
      }
      return S3Listing.of(answer.document(MAX_LIST_BYTES));
    }
  }

  private Reply send(String method, URI address, SortedMap<String, String> headers) {
    return sending(
        () -> {
          S3Access.Permitted request =
              access.request(method, address, headers, SignedAccess.NO_BODY);
          return reader.send(
              request.request().method(method, BodyPublishers.noBody()), request.where());
        });
  }

  private Reply send(
      String method,
      URI address,
      SortedMap<String, String> headers,
      UploadBody body,
      TransferControl control) {
    String digest = body.sha256().hex();
    return sending(
        () -> {
          S3Access.Permitted request = access.request(method, address, headers, digest);
          return reader.upload(request.request(), method, body, control, request.where());
        });
  }

  /** Sends once more if the clock was wrong, or a token has expired. */
  private Reply sending(Supplier<HttpAnswer> request) {
    Reply reply = Reply.of(request.get());
    return access.learnsFrom(reply.error(), reply.answer()) ? Reply.of(request.get()) : reply;
  }

  /** Returns where the objects are, for people. */
  public String describe() {
    return bucket.toString();
  }
}
