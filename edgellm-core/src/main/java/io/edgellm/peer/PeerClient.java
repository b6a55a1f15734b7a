package io.edgellm.peer;

import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import io.edgellm.peer.SiteEvent.Trouble;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks other nodes, over HTTP/1.1. Redirects are not followed, encodings not accepted, and of no
 * answer more is read than was asked for.
 *
 * <p>Thread-safe. Before Java 21 the JDK's client cannot be closed: it ends its thread by itself
 * some time after nobody refers to it any more. A host has one peer client for its site.
 */
public final class PeerClient {
  private static final Pattern SECONDS = Pattern.compile("\\d{1,4}");
  private static final Pattern NONCE =
      Pattern.compile(Challenge.SCHEME + " ([0-9a-f]{64})", Pattern.CASE_INSENSITIVE);
  private static final long LONGEST_RETRY_NANOS = Duration.ofSeconds(30).toNanos();

  private final HttpClient client;
  private final @Nullable SiteSecret secret;
  private final Map<Peer, String> nonces = new ConcurrentHashMap<>();

  /**
   * @param client the host's client; it must not follow redirects
   * @param secret what the nodes of the site share; empty if they share none
   */
  public PeerClient(HttpClient client, Optional<SiteSecret> secret) {
    if (client.followRedirects() != HttpClient.Redirect.NEVER) {
      throw new IllegalArgumentException(
          "A peer must not be able to send this device elsewhere: use Redirect.NEVER.");
    }
    this.client = client;
    this.secret = secret.orElse(null);
  }

  /**
   * Returns a client with connections of its own that uses no proxy and connects within 2 s.
   *
   * @param secret what the nodes of the site share; empty if they share none
   */
  public static PeerClient create(Optional<SiteSecret> secret) {
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    return new PeerClient(client, secret);
  }

  /** A request under way. */
  final class Exchange<T> {
    private final Peer peer;
    private final Reader<T> reader;
    private final Consumer<PeerAnswer<T>> then;
    private @Nullable CompletableFuture<?> sending;
    private boolean cancelled;

    private Exchange(Peer peer, Reader<T> reader, Consumer<PeerAnswer<T>> then) {
      this.peer = peer;
      this.reader = reader;
      this.then = then;
    }

    private synchronized void send(boolean again) {
      if (cancelled) {
        return;
      }
      CompletableFuture<HttpResponse<PeerAnswer<T>>> sent =
          client.sendAsync(request(peer, reader), handler(reader));
      sending = sent;
      // The client's own future is the one that can be cancelled, not those that follow from it.
      var unused =
          sent.whenComplete(
              (response, failure) ->
                  answered(failure == null ? response.body() : reader.broken(failure), again));
    }

    private void answered(PeerAnswer<T> answer, boolean again) {
      if (answer instanceof PeerAnswer.Challenged<T> challenge) {
        nonces.put(peer, challenge.nonce());
        if (again || secret == null) {
          then.accept(PeerAnswer.failed(Trouble.REFUSED));
        } else {
          send(true);
        }
      } else {
        then.accept(answer);
      }
    }

    /** Cuts it; what was to follow may still be called. */
    void cancel() {
      CompletableFuture<?> current;
      synchronized (this) {
        cancelled = true;
        current = sending;
      }
      if (current != null) {
        current.cancel(true);
      }
    }
  }

  /** What is asked, and how its answer is understood. */
  private abstract static class Reader<T> {
    final String target;
    final String range;
    final String knownTag;
    final String self;

    Reader(String target, String range, String knownTag, String self) {
      this.target = target;
      this.range = range;
      this.knownTag = knownTag;
      this.self = self;
    }

    abstract boolean isExpected(HttpResponse.ResponseInfo head);

    abstract int lengthBytes();

    abstract PeerAnswer<T> read(ByteBuffer body, HttpResponse.ResponseInfo head);

    /** Without a head of an answer there are no bytes to speak of, unless it is none of HTTP. */
    PeerAnswer<T> broken(Throwable failure) {
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      boolean nonsense =
          cause instanceof ProtocolException || cause instanceof IllegalArgumentException;
      return PeerAnswer.failed(nonsense ? Trouble.WASTE : Trouble.UNREACHABLE);
    }
  }

  /**
   * Asks what a peer has of a file.
   *
   * @param self who asks
   * @param known the tag of what it said before, or empty
   * @param then called once, by a thread of the client
   */
  Exchange<TaggedMap> map(
      Peer peer, Artifact file, NodeId self, String known, Consumer<PeerAnswer<TaggedMap>> then) {
    int chunks = file.chunks().size();
    return start(
        peer,
        new Reader<TaggedMap>(path(file.sha256()) + "/have", "", known, self.hex()) {
          @Override
          boolean isExpected(HttpResponse.ResponseInfo head) {
            return head.statusCode() == 200;
          }

          @Override
          int lengthBytes() {
            return ChunkMap.encodedBytes(chunks);
          }

          @Override
          PeerAnswer<TaggedMap> read(ByteBuffer body, HttpResponse.ResponseInfo head) {
            String tag = head.headers().firstValue("ETag").orElse("");
            return ChunkMap.decode(body, chunks)
                .<PeerAnswer<TaggedMap>>map(
                    map -> new PeerAnswer.Came<>(new TaggedMap(tag.length() > 64 ? "" : tag, map)))
                .orElse(PeerAnswer.failed(Trouble.WASTE));
          }
        },
        then);
  }

  /** What a peer has, and the tag of that. */
  record TaggedMap(String tag, ChunkMap map) {}

  /**
   * Asks a peer for a chunk.
   *
   * @param then called once, by a thread of the client; the bytes are as many as expected, and not
   *     verified
   */
  Exchange<ByteBuffer> chunk(
      Peer peer, Artifact file, int chunk, Consumer<PeerAnswer<ByteBuffer>> then) {
    long from = (long) chunk * Artifact.CHUNK_BYTES;
    long to = Math.min(file.sizeBytes(), from + Artifact.CHUNK_BYTES) - 1;
    return start(
        peer,
        new Reader<ByteBuffer>(path(file.sha256()), "bytes=" + from + "-" + to, "", "") {
          @Override
          boolean isExpected(HttpResponse.ResponseInfo head) {
            String expected = "bytes " + from + "-" + to + "/" + file.sizeBytes();
            return head.statusCode() == 206
                && head.headers().firstValue("Content-Range").orElse("").equals(expected);
          }

          @Override
          int lengthBytes() {
            return (int) (to - from + 1);
          }

          @Override
          PeerAnswer<ByteBuffer> read(ByteBuffer body, HttpResponse.ResponseInfo head) {
            return new PeerAnswer.Came<>(body);
          }
        },
        then);
  }

  private static String path(Sha256 blob) {
    return "/v1/blobs/sha256-" + blob;
  }

  private <T> Exchange<T> start(Peer peer, Reader<T> reader, Consumer<PeerAnswer<T>> then) {
    Exchange<T> exchange = new Exchange<>(peer, reader, then);
    exchange.send(false);
    return exchange;
  }

  private HttpRequest request(Peer peer, Reader<?> reader) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + peer.authority() + reader.target))
            .version(HttpClient.Version.HTTP_1_1)
            .GET();
    if (!reader.range.isEmpty()) {
      request.header("Range", reader.range);
    }
    if (!reader.knownTag.isEmpty()) {
      request.header("If-None-Match", reader.knownTag);
    }
    if (!reader.self.isEmpty()) {
      request.header(BlobProtocol.NODE_HEADER, reader.self);
    }
    String nonce = nonces.get(peer);
    if (secret != null && nonce != null) {
      String proof = secret.proof(nonce, "GET", reader.target, reader.range);
      request.header("Authorization", Challenge.SCHEME + " " + nonce + " " + proof);
    }
    return request.build();
  }

  private static <T> BodyHandler<PeerAnswer<T>> handler(Reader<T> reader) {
    return head -> {
      if (reader.isExpected(head) && isPlain(head)) {
        BodySubscriber<Optional<ByteBuffer>> body = new ExactBody(reader.lengthBytes());
        return HttpResponse.BodySubscribers.mapping(
            body,
            bytes ->
                bytes
                    .map(b -> reader.read(b, head))
                    .orElseGet(() -> PeerAnswer.failed(Trouble.WASTE)));
      }
      PeerAnswer<T> answer = refusal(head, reader);
      if (head.headers().firstValue("Content-Length").orElse("").equals("0")) {
        return HttpResponse.BodySubscribers.replacing(answer);
      }
      return HttpResponse.BodySubscribers.mapping(new ExactBody(0), nothing -> answer);
    };
  }

  private static boolean isPlain(HttpResponse.ResponseInfo head) {
    return head.headers().firstValue("Content-Encoding").isEmpty();
  }

  private static <T> PeerAnswer<T> refusal(HttpResponse.ResponseInfo head, Reader<T> reader) {
    return switch (head.statusCode()) {
      case 304 ->
          reader.knownTag.isEmpty()
              ? PeerAnswer.failed(Trouble.WASTE)
              : new PeerAnswer.Unchanged<>();
      case 401 -> challenge(head);
      case 403, 404, 410 -> PeerAnswer.failed(Trouble.REFUSED);
      case 429, 503 -> new PeerAnswer.Failed<>(Trouble.BUSY, retryAfterNanos(head));
      default -> PeerAnswer.failed(Trouble.WASTE);
    };
  }

  private static <T> PeerAnswer<T> challenge(HttpResponse.ResponseInfo head) {
    Matcher nonce = NONCE.matcher(head.headers().firstValue("WWW-Authenticate").orElse(""));
    return nonce.matches()
        ? new PeerAnswer.Challenged<>(nonce.group(1))
        : PeerAnswer.failed(Trouble.REFUSED);
  }

  private static long retryAfterNanos(HttpResponse.ResponseInfo head) {
    Matcher seconds = SECONDS.matcher(head.headers().firstValue("Retry-After").orElse(""));
    long nanos =
        seconds.matches() ? Duration.ofSeconds(Long.parseLong(seconds.group())).toNanos() : 0;
    return Math.min(nanos, LONGEST_RETRY_NANOS);
  }
}
