package io.edgellm.peer;

import io.edgellm.model.Artifact;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a client: a request is read, answered, and only then the next one read. Used by
 * the thread of the server alone.
 */
final class PeerConnection {
  /** Where a connection stands. */
  enum Phase {
    /** Between requests. */
    IDLE,
    /** A request has begun. */
    READING,
    /** An upload waits for its turn. */
    WAITING,
    /** An answer goes out. */
    SENDING,
    CLOSED
  }

  /** What is sent at once at most: one upload cannot keep the others from theirs. */
  static final int PIECE_BYTES = 1 << 16;

  private final SocketChannel channel;
  private final SelectionKey key;
  private final InetAddress client;
  private final ByteBuffer in = ByteBuffer.allocate(RequestHead.MAX_BYTES);
  private ByteBuffer head = Answer.NOTHING;
  private ByteBuffer out = Answer.NOTHING;
  private @Nullable Answer waiting;
  private Answer.@Nullable Part part;
  private long position;
  private boolean keeps;
  private Phase phase = Phase.IDLE;
  private long sinceNanos;
  private long blockedSinceNanos;
  private long blockedNanos;
  private boolean blocked;
  private boolean throttled;

  PeerConnection(SocketChannel channel, SelectionKey key, long nowNanos) throws IOException {
    this.channel = channel;
    this.key = key;
    this.client = ((InetSocketAddress) channel.getRemoteAddress()).getAddress();
    this.sinceNanos = nowNanos;
  }

  InetAddress client() {
    return client;
  }

  Phase phase() {
    return phase;
  }

  boolean isUploading() {
    return phase == Phase.SENDING && part != null;
  }

  /** Reads what has come; returns whether the client is still there. */
  boolean receive(long now) throws IOException {
    int n = channel.read(in);
    if (n < 0) {
      return false;
    }
    if (phase == Phase.IDLE && in.position() > 0) {
      phase = Phase.READING;
      sinceNanos = now;
    }
    return true;
  }

  boolean isHeadTooLong() {
    return !in.hasRemaining() && endOfHead() < 0;
  }

  boolean hasHead() {
    return endOfHead() >= 0;
  }

  private int endOfHead() {
    for (int i = 3; i < in.position(); i++) {
      if (in.get(i) == '\n'
          && in.get(i - 1) == '\r'
          && in.get(i - 2) == '\n'
          && in.get(i - 3) == '\r') {
        return i - 3;
      }
    }
    return -1;
  }

  /** Takes the request out of what has come; empty if it is none that we answer. */
  Optional<RequestHead> takeHead() {
    int end = endOfHead();
    byte[] bytes = new byte[end];
    in.flip().get(bytes).position(end + 4);
    in.compact();
    return RequestHead.parse(bytes, end);
  }

  /** An upload waits; nothing more is read until it has its turn. */
  void await(Answer answer, boolean keepsConnection) {
    waiting = answer;
    keeps = keepsConnection;
    phase = Phase.WAITING;
    interest(0);
  }

  /** The upload that waits has its turn. */
  void begin(long now) {
    Answer answer = waiting;
    if (answer != null) {
      waiting = null;
      send(answer, keeps, now);
    }
  }

  /** The upload that waits has waited too long. */
  void refuse(long now) {
    waiting = null;
    send(Answer.busy(), keeps, now);
  }

  /** Begins to send. Of a part of a file the first chunk is read before a word is said. */
  void send(Answer answer, boolean keepsConnection, long now) {
    Answer sent = answer;
    part = answer.part();
    if (part != null) {
      position = part.span().fromBytes();
      if (part.span().lengthBytes() > 0 && !readChunk()) {
        part = null;
        sent = Answer.of(404);
      }
    }
    keeps = keepsConnection;
    if (part == null) {
      out = sent.body().duplicate();
    }
    head = withBeginning(sent.head(keeps), out);
    phase = Phase.SENDING;
    sinceNanos = now;
    blockedNanos = 0;
    blocked = true;
    blockedSinceNanos = now;
    interest(SelectionKey.OP_WRITE);
  }

  /** In one piece: small answers go out in one packet. */
  private static ByteBuffer withBeginning(byte[] head, ByteBuffer body) {
    int length = Math.min(body.remaining(), PIECE_BYTES);
    ByteBuffer both = ByteBuffer.allocate(head.length + length).put(head);
    both.put(body.slice().limit(length)).flip();
    body.position(body.position() + length);
    return both;
  }

  /** Reads on at the position of the upload; returns whether it can go on. */
  private boolean readChunk() {
    Answer.Part current = part;
    if (current == null) {
      return false;
    }
    int chunk = (int) (position / Artifact.CHUNK_BYTES);
    long start = (long) chunk * Artifact.CHUNK_BYTES;
    Optional<ByteBuffer> bytes = current.holding().read(chunk);
    if (bytes.isEmpty()) {
      return false;
    }
    int to = (int) Math.min(bytes.get().limit(), current.span().toBytes() - start);
    out = bytes.get().slice((int) (position - start), to - (int) (position - start));
    position = start + to;
    return true;
  }

  /**
   * Sends what the client takes, at most so many bytes.
   *
   * @return how many went
   */
  long transmit(long atMost, long now) throws IOException {
    ByteBuffer piece = head.hasRemaining() ? head : out;
    int length = (int) Math.min(Math.min(piece.remaining(), PIECE_BYTES), Math.max(1, atMost));
    int sent = channel.write(piece.slice().limit(length));
    piece.position(piece.position() + sent);
    if (blocked) {
      blockedNanos += now - blockedSinceNanos;
    }
    // Until the client is known to take more, it is what everything waits for.
    blocked = true;
    if (throttled) {
      throttled = false;
      interest(SelectionKey.OP_WRITE);
    }
    blockedSinceNanos = now;
    return sent;
  }

  /** Returns whether the answer is out. */
  boolean isSent() {
    return !head.hasRemaining() && !out.hasRemaining() && isAtEnd();
  }

  private boolean isAtEnd() {
    Answer.Part current = part;
    return current == null || position >= current.span().toBytes();
  }

  /** Returns whether the next chunk has to be read before anything more can go out. */
  boolean needsChunk() {
    return !head.hasRemaining() && !out.hasRemaining() && !isAtEnd();
  }

  /** Reads the next chunk; false ends the connection, since the length was promised. */
  boolean nextChunk() {
    blockedNanos = 0;
    return readChunk();
  }

  /** The answer is out: goes on with what has come meanwhile. Returns whether the client wants. */
  boolean finish(long now) {
    part = null;
    out = Answer.NOTHING;
    head = Answer.NOTHING;
    phase = in.position() > 0 ? Phase.READING : Phase.IDLE;
    sinceNanos = now;
    if (keeps) {
      interest(SelectionKey.OP_READ);
    }
    return keeps;
  }

  /** The rate is used up: waits for it, and not for the client. */
  void throttle() {
    throttled = true;
    blocked = false;
    interest(0);
  }

  boolean isThrottled() {
    return throttled;
  }

  private void interest(int operations) {
    if (key.isValid()) {
      key.interestOps(operations);
    }
  }

  /** Returns for how long the chunk that is sent has waited for the client. */
  long blockedNanos(long now) {
    return blocked ? blockedNanos + now - blockedSinceNanos : blockedNanos;
  }

  /** Returns when the connection has had its time, in the phase that it is in. */
  long deadlineNanos(PeerServerOptions options) {
    return switch (phase) {
      case IDLE -> sinceNanos + options.idleTime().toNanos();
      case READING -> sinceNanos + options.headTime().toNanos();
      case SENDING ->
          blocked
              ? blockedSinceNanos + options.stallTime().toNanos() - blockedNanos
              : Long.MAX_VALUE;
      case WAITING, CLOSED -> Long.MAX_VALUE;
    };
  }

  void close() {
    phase = Phase.CLOSED;
    key.cancel();
    try {
      channel.close();
    } catch (IOException e) {
      // It was of no use any more.
    }
  }
}
