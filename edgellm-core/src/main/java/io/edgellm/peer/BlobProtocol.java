package io.edgellm.peer;

import io.edgellm.model.Sha256;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is answered to a request: {@code /v1/blobs/sha256-HEX} and {@code
 * /v1/blobs/sha256-HEX/have}, to GET and HEAD, and nothing else. A name that is not a digest cannot
 * be asked for, and nothing lists the digests.
 */
final class BlobProtocol {
  private static final Pattern TARGET = Pattern.compile("/v1/blobs/sha256-([0-9a-f]{64})(/have)?");

  /** Names the node that asks what there is; lower case, as heads are read. */
  static final String NODE_HEADER = "edgellm-node";

  private static final Pattern NODE = Pattern.compile("[0-9a-f]{32}");

  private final BlobShelf shelf;
  private final @Nullable Challenge challenge;

  BlobProtocol(BlobShelf shelf, @Nullable Challenge challenge) {
    this.shelf = shelf;
    this.challenge = challenge;
  }

  Answer answer(RequestHead request, long nowNanos) {
    boolean head = request.method().equals("HEAD");
    if (!head && !request.method().equals("GET")) {
      return Answer.of(405).with("Allow", "GET, HEAD");
    }
    if (challenge != null && !challenge.accepts(request, nowNanos)) {
      return Answer.of(401)
          .with("WWW-Authenticate", Challenge.SCHEME + " " + challenge.nonce(nowNanos));
    }
    Matcher target = TARGET.matcher(request.target());
    if (!target.matches()) {
      return Answer.of(404);
    }
    Optional<BlobShelf.Holding> holding = shelf.find(new Sha256(target.group(1)));
    if (holding.isEmpty()) {
      return Answer.of(404);
    }
    Answer answer =
        target.group(2) == null ? blob(request, holding.get()) : have(request, holding.get());
    return head ? answer.headOnly() : answer;
  }

  private ChunkMap map(BlobShelf.Holding holding) {
    return new ChunkMap(
        shelf.node(),
        holding.artifact().chunks().size(),
        holding.asksOrigin(),
        holding.intends(),
        holding.have(),
        holding.claimed());
  }

  private Answer have(RequestHead request, BlobShelf.Holding holding) {
    request
        .header(NODE_HEADER)
        .filter(name -> NODE.matcher(name).matches())
        .ifPresent(name -> holding.askedBy(new NodeId(name)));
    byte[] map = map(holding).encode();
    String tag = "\"" + Sha256.of(map).hex().substring(0, 32) + "\"";
    boolean known = request.header("if-none-match").orElse("").equals(tag);
    Map<String, String> headers = Map.of("ETag", tag, "Cache-Control", "no-store");
    return known
        ? new Answer(304, headers, Answer.NOTHING, null)
        : new Answer(200, headers, ByteBuffer.wrap(map), null)
            .with("Content-Type", "application/octet-stream");
  }

  private static Answer blob(RequestHead request, BlobShelf.Holding holding) {
    long size = holding.artifact().sizeBytes();
    Optional<String> range = request.header("range");
    Optional<ByteSpan> span =
        range.isEmpty() ? Optional.of(new ByteSpan(0, size)) : ByteSpan.parse(range.get(), size);
    if (span.isEmpty()) {
      return Answer.of(416).with("Content-Range", "bytes */" + size);
    }
    BitSet have = holding.have();
    if (!span.get().isWithin(have)) {
      return Answer.of(404);
    }
    if (!holding.isReady()) {
      return Answer.busy();
    }
    Answer whole =
        new Answer(
            range.isPresent() ? 206 : 200,
            Map.of(),
            Answer.NOTHING,
            new Answer.Part(holding, span.get()));
    Answer answer =
        whole
            .with("Content-Type", "application/octet-stream")
            .with("Accept-Ranges", "bytes")
            .with("ETag", "\"sha256-" + holding.artifact().sha256() + "\"");
    return range.isEmpty()
        ? answer
        : answer.with(
            "Content-Range",
            "bytes " + span.get().fromBytes() + "-" + (span.get().toBytes() - 1) + "/" + size);
  }
}
