package io.edgellm.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.edgellm.model.Artifact;
import io.edgellm.model.ModelId;
import io.edgellm.model.RepositoryPaths;
import io.edgellm.model.Sha256;
import io.edgellm.transfer.ArtifactSource;
import io.edgellm.transfer.HttpReader;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferException.Reason;
import io.edgellm.transfer.UploadBody;
import io.edgellm.transfer.s3.S3ArtifactSource;
import io.edgellm.transfer.s3.S3Bucket;
import io.edgellm.transfer.s3.S3Credentials;
import io.edgellm.transfer.s3.S3Objects;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * A bucket of S3, MinIO, or another store that speaks their protocol.
 *
 * <p>Large files go in parts, several at a time, read from the disk while they are sent. Parts that
 * came before a cut are not sent again. Two publishers are kept apart by conditional writes ({@code
 * If-None-Match}, {@code If-Match}): of two who began with the same state, one loses, before
 * devices see anything of his. Before the first file, a small object {@value #PROBE} is written,
 * which shows whether the credentials may write and whether the store knows such conditions; one
 * that does not is refused, unless {@link #withoutConditions} says that nobody else writes there.
 *
 * <p>A publisher needs {@code s3:PutObject}, {@code s3:GetObject} and, so that the store says what
 * is not there, {@code s3:ListBucket}; to go on with uploads and to clear them away also {@code
 * s3:ListBucketMultipartUploads}, {@code s3:ListMultipartUploadParts} and {@code
 * s3:AbortMultipartUpload}. Nothing is ever deleted.
 */
public final class S3Target extends PublishTarget {
  static final String PROBE = ".edgellm-publisher";

  private static final String BLOBS = "blobs/sha256/";

  /** Longer than anybody goes on with an upload. */
  private static final Duration ABANDONED = Duration.ofDays(7);

  /** What never changes under its name; the rest is asked for each time. */
  private static final String FOR_GOOD = "max-age=31536000, immutable";

  private static final String NOT_WITHOUT_ASKING = "no-cache";

  private final S3Objects objects;
  private final S3ArtifactSource source;
  private final InstantSource clock;
  private final Settings settings;

  /**
   * How objects are written.
   *
   * @param partBytes the smallest part, a multiple of a chunk
   * @param parallel how many parts at a time
   * @param conditional whether the store knows conditional writes
   */
  private record Settings(
      long partBytes, int parallel, boolean conditional, Optional<S3Encryption> encryption) {}

  private S3Target(
      S3Objects objects, S3ArtifactSource source, InstantSource clock, Settings settings) {
    this.objects = objects;
    this.source = source;
    this.clock = clock;
    this.settings = settings;
  }

  /**
   * Names a bucket.
   *
   * @param bucket where
   * @param credentials asked before every request, from any thread, so that keys can change
   * @param clock what requests are dated by
   * @param reader how to speak with the store; not by a client that follows redirects
   */
  public static S3Target of(
      S3Bucket bucket,
      Supplier<S3Credentials> credentials,
      InstantSource clock,
      HttpReader reader) {
    return new S3Target(
        new S3Objects(bucket, credentials, clock, reader),
        S3ArtifactSource.signed(bucket, credentials, clock, reader),
        clock,
        new Settings(16L << 20, 4, true, Optional.empty()));
  }

  /** Returns the same bucket, whose store is told to encrypt. */
  public S3Target withEncryption(S3Encryption encryption) {
    return with(
        new Settings(
            settings.partBytes(),
            settings.parallel(),
            settings.conditional(),
            Optional.of(encryption)));
  }

  /**
   * Returns the same bucket, with other parts of large files: 16 MiB and four at a time unless this
   * says otherwise.
   *
   * @param partBytes at least 5 MiB for Amazon's stores, a multiple of 1 MiB; larger where there
   *     would be more than 10,000
   * @param parallel how many are on their way at a time
   */
  public S3Target withParts(long partBytes, int parallel) {
    if (partBytes <= 0 || partBytes % Artifact.CHUNK_BYTES != 0 || parallel < 1) {
      throw new IllegalArgumentException(
          "Parts are of whole MiB, and at least one is on its way at a time.");
    }
    return with(new Settings(partBytes, parallel, settings.conditional(), settings.encryption()));
  }

  /**
   * Returns the same bucket in a store that does not know conditional writes. The host makes sure
   * that there is one publisher at a time.
   */
  public S3Target withoutConditions() {
    return with(
        new Settings(settings.partBytes(), settings.parallel(), false, settings.encryption()));
  }

  private S3Target with(Settings other) {
    return new S3Target(objects, source, clock, other);
  }

  @Override
  public String describe() {
    return objects.describe();
  }

  @Override
  public ArtifactSource source() {
    return source;
  }

  @Override
  Hold hold(Collection<ModelId> lines, Sending sending) {
    byte[] text = "A publisher may write here.\n".getBytes(UTF_8);
    sending.trying(PROBE, () -> put(PROBE, text, new Condition.None(), sending));
    boolean ignored =
        settings.conditional()
            && sending.trying(PROBE, () -> put(PROBE, text, new Condition.Absent(), sending));
    if (ignored) {
      throw new TransferException(
          Reason.REFUSED,
          "The store of '"
              + describe()
              + "' ignores conditions of writes (If-None-Match), so that it cannot keep two"
              + " publishers apart. If there is only one, say withoutConditions.",
          describe());
    }
    clearAway();
    return () -> {};
  }

  /** Parts of uploads that nobody ended cost money and are seen by nobody. */
  private void clearAway() {
    Instant old = clock.instant().minus(ABANDONED);
    try {
      objects.uploads(BLOBS).stream()
          .filter(upload -> upload.begun().isBefore(old))
          .forEach(upload -> objects.abort(upload.path(), upload.id()));
    } catch (TransferException e) {
      // Not every publisher may do that, and not every store can.
      if (e.reason() == Reason.CANCELLED) {
        throw e;
      }
    }
  }

  @Override
  Optional<Document> read(String path, int maxBytes) {
    return objects.get(path, maxBytes, Document::new);
  }

  @Override
  boolean hasBlobsPerLine() {
    return false;
  }

  @Override
  boolean has(ModelId line, Artifact blob) {
    String path = RepositoryPaths.blob(blob.sha256());
    Optional<S3Objects.Head> head = objects.head(path);
    if (head.filter(h -> h.sizeBytes() == blob.sizeBytes()).isEmpty()) {
      return false;
    }
    Optional<Sha256> noted = head.get().sha256();
    return noted.isPresent() ? noted.get().equals(blob.sha256()) : isRight(blob);
  }

  /** Whoever copied it there by other means has noted no digest. */
  private boolean isRight(Artifact blob) {
    MessageDigest digest = Sha256.newDigest();
    byte[] buffer = new byte[1 << 16];
    try (ArtifactSource.BlobStream stream = source.open(blob.sha256(), 0)) {
      InputStream bytes = stream.bytes();
      for (int n = bytes.read(buffer); n >= 0; n = bytes.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    } catch (IOException e) {
      throw new TransferException(
          Reason.UNREACHABLE, "'" + blob.path() + "' broke off (" + e + ").", blob.path(), e);
    }
    return Sha256.of(digest.digest(), 0).equals(blob.sha256());
  }

  @Override
  void send(ModelId line, Artifact blob, Path file, Sending sending) {
    BlobReader reader = new BlobReader(blob, file);
    String path = RepositoryPaths.blob(blob.sha256());
    Map<String, String> headers = headers(path);
    headers.putAll(S3Objects.noting(blob.sha256()));
    if (blob.sizeBytes() <= settings.partBytes()) {
      UploadBody body = reader.checked(0, blob.sizeBytes());
      sending.counting(
          blob.path(), body, counted -> objects.put(path, counted, headers, sending.control()));
    } else {
      new S3Parts(objects, path, headers, reader, settings.partBytes(), settings.parallel())
          .send(sending, () -> has(line, blob));
    }
  }

  @Override
  boolean put(String path, byte[] bytes, Condition condition, Sending sending) {
    Map<String, String> headers = headers(path);
    if (!settings.conditional() && !isMet(condition, path)) {
      return false;
    } else if (settings.conditional() && condition instanceof Condition.Absent) {
      headers.put("if-none-match", "*");
    } else if (settings.conditional() && condition instanceof Condition.Unchanged unchanged) {
      headers.put("if-match", unchanged.document().revision());
    }
    return objects.put(path, UploadBody.of(bytes), headers, sending.control());
  }

  /** The best that can be done for a store that does not know conditions: look a moment before. */
  private boolean isMet(Condition condition, String path) {
    return condition instanceof Condition.None
        || condition.isMet(read(path, MetadataState.MAX_BYTES));
  }

  private Map<String, String> headers(String path) {
    Map<String, String> headers = new TreeMap<>();
    headers.put("content-type", contentType(path));
    headers.put("cache-control", mayChange(path) ? NOT_WITHOUT_ASKING : FOR_GOOD);
    settings.encryption().ifPresent(encryption -> headers.putAll(encryption.headers()));
    return headers;
  }

  private static String contentType(String path) {
    return path.endsWith(".json") ? "application/json" : "application/octet-stream";
  }

  private static boolean mayChange(String path) {
    return path.equals(MetadataState.TIMESTAMP)
        || path.equals(PROBE)
        || (path.startsWith(MetadataState.LINES)
            && (path.endsWith("/index.json") || path.endsWith(".jsonl")));
  }

  @Override
  public void close() {
    // The client belongs to the host.
  }
}
