package io.edgellm.peer;

import io.edgellm.model.EdgeLlmException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a {@link PeerServer}: accepts, reads, answers, and ends what takes too long.
 */
final class PeerServerLoop implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(PeerServerLoop.class);
  private static final long LONGEST_SELECT_MILLIS = 1000;

  /** A chunk that has taken this part of its longest time has a slow reader. */
  private static final int SLOW_SHARE = 5;

  private final Selector selector;
  private final ServerSocketChannel listening;
  private final PeerServerOptions options;
  private final BlobProtocol protocol;
  private final TokenBucket bucket;
  private final UploadSlots<PeerConnection> slots;
  private final Set<PeerConnection> connections = new LinkedHashSet<>();
  private final AtomicInteger pauses = new AtomicInteger();
  private volatile boolean stopped;

  PeerServerLoop(
      ServerSocketChannel listening,
      BlobShelf shelf,
      PeerServerOptions options,
      SecureRandom random)
      throws IOException {
    long now = System.nanoTime();
    this.listening = listening;
    this.options = options;
    this.protocol =
        new BlobProtocol(
            shelf, options.secret().map(s -> new Challenge(s, random, now)).orElse(null));
    this.bucket = new TokenBucket(options.bytesPerSecond(), now);
    this.slots =
        new UploadSlots<>(options.uploads(), options.waiting(), options.longestWait().toNanos());
    this.selector = Selector.open();
    listening.configureBlocking(false);
    listening.register(selector, SelectionKey.OP_ACCEPT);
  }

  void pause() {
    pauses.incrementAndGet();
    selector.wakeup();
  }

  void resume() {
    pauses.decrementAndGet();
    selector.wakeup();
  }

  void limit(long bytesPerSecond) {
    bucket.limit(bytesPerSecond);
    selector.wakeup();
  }

  void stop() {
    stopped = true;
    selector.wakeup();
  }

  private boolean isPaused() {
    return pauses.get() > 0;
  }

  @Override
  public void run() {
    try {
      while (!stopped) {
        selector.select(Math.max(1, waitMillis(System.nanoTime())));
        round(System.nanoTime());
      }
    } catch (IOException e) {
      LOG.warn("the peer server has ended: the selector failed", e);
    } finally {
      closeAll();
    }
  }

  private long waitMillis(long now) {
    long millis = LONGEST_SELECT_MILLIS;
    for (PeerConnection connection : connections) {
      long deadline = connection.deadlineNanos(options);
      if (deadline != Long.MAX_VALUE) {
        millis = Math.min(millis, TimeUnit.NANOSECONDS.toMillis(deadline - now));
      }
    }
    if (slots.isAnyWaiting()) {
      millis = Math.min(millis, Math.max(1, options.longestWait().toMillis() / 8));
    }
    if (connections.stream().anyMatch(PeerConnection::isUploading)) {
      bucket.available(now);
      long wait = TimeUnit.NANOSECONDS.toMillis(bucket.waitNanos());
      millis = wait == 0 ? millis : Math.min(millis, wait + 1);
    }
    return millis;
  }

  private void round(long now) {
    Set<PeerConnection> writable = new LinkedHashSet<>();
    for (SelectionKey key : selector.selectedKeys()) {
      if (key.isValid() && key.isAcceptable()) {
        accept(now);
      } else if (key.attachment() instanceof PeerConnection connection) {
        if (key.isValid() && key.isReadable()) {
          guarded(connection, () -> read(connection, now));
        } else if (key.isValid() && key.isWritable()) {
          writable.add(connection);
        }
      }
    }
    selector.selectedKeys().clear();
    send(writable, now);
    endWaits(now);
    releaseSlow(now);
    giveTurns(now);
    cutLate(now);
  }

  private void accept(long now) {
    try {
      SocketChannel channel = listening.accept();
      if (channel == null) {
        return;
      }
      try {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
        PeerConnection connection = new PeerConnection(channel, key, now);
        if (hasRoomFor(connection)) {
          key.attach(connection);
          connections.add(connection);
        } else {
          connection.close();
        }
      } catch (IOException e) {
        channel.close();
      }
    } catch (IOException e) {
      LOG.debug("cannot accept a connection", e);
    }
  }

  private boolean hasRoomFor(PeerConnection newcomer) {
    long alike = connections.stream().filter(c -> c.client().equals(newcomer.client())).count();
    if (alike >= options.connectionsPerClient()) {
      return false;
    }
    if (connections.size() >= options.connections()) {
      connections.stream()
          .filter(c -> c.phase() == PeerConnection.Phase.IDLE)
          .findFirst()
          .ifPresent(this::close);
    }
    return connections.size() < options.connections();
  }

  private interface Step {
    void run() throws IOException;
  }

  /** Whatever goes wrong on one connection ends that one. */
  private void guarded(PeerConnection connection, Step step) {
    try {
      step.run();
    } catch (IOException | EdgeLlmException e) {
      LOG.debug("a connection of {} has failed", connection.client(), e);
      close(connection);
    } catch (RuntimeException e) {
      // A shelf may be the host's: what it gets wrong for one client is no reason to end the
      // others.
      LOG.warn("a connection of {} has failed, and the server goes on", connection.client(), e);
      close(connection);
    }
  }

  private void read(PeerConnection connection, long now) throws IOException {
    if (!connection.receive(now)) {
      close(connection);
    } else if (connection.isHeadTooLong()) {
      connection.send(Answer.of(431), false, now);
    } else {
      serve(connection, now);
    }
  }

  private void serve(PeerConnection connection, long now) {
    if (!connection.hasHead()) {
      return;
    }
    Optional<RequestHead> request = connection.takeHead();
    if (request.isEmpty()) {
      connection.send(Answer.of(400), false, now);
      return;
    }
    Answer answer = protocol.answer(request.get(), now);
    boolean keeps = request.get().keepsConnection() && answer.status() != 405;
    if (answer.part() == null) {
      connection.send(answer, keeps, now);
    } else {
      upload(connection, answer, keeps, now);
    }
  }

  private void upload(PeerConnection connection, Answer answer, boolean keeps, long now) {
    UploadSlots.Turn turn =
        isPaused() ? UploadSlots.Turn.REFUSED : slots.ask(connection, connection.client(), now);
    switch (turn) {
      case NOW -> connection.send(answer, keeps, now);
      case WAIT -> connection.await(answer, keeps);
      case REFUSED -> connection.send(Answer.busy(), keeps, now);
    }
  }

  /** One piece for each: who reads fast does not keep the others waiting. */
  private void send(Set<PeerConnection> writable, long now) {
    connections.stream().filter(PeerConnection::isThrottled).forEach(writable::add);
    for (PeerConnection connection : writable) {
      guarded(connection, () -> sendPiece(connection, now));
    }
  }

  private void sendPiece(PeerConnection connection, long now) throws IOException {
    if (connection.isUploading()) {
      long tokens = bucket.available(now);
      if (bucket.waitNanos() > 0) {
        connection.throttle();
        return;
      }
      bucket.spent(connection.transmit(tokens, now));
    } else {
      connection.transmit(Long.MAX_VALUE, now);
    }
    if (connection.isSent()) {
      finish(connection, now);
    } else if (connection.needsChunk() && !goesOn(connection)) {
      // The length was promised: only the end of the connection says that there is no more.
      close(connection);
    }
  }

  /** Who has lost the turn has this chunk only: what is sent beside the turns stays little. */
  private boolean goesOn(PeerConnection connection) {
    return !isPaused() && slots.isRunning(connection) && connection.nextChunk();
  }

  private void finish(PeerConnection connection, long now) {
    slots.ended(connection);
    if (connection.finish(now)) {
      serve(connection, now);
    } else {
      close(connection);
    }
  }

  private void endWaits(long now) {
    List<PeerConnection> late = isPaused() ? slots.dismissWaiting() : slots.expired(now);
    for (PeerConnection connection : late) {
      guarded(connection, () -> connection.refuse(now));
    }
  }

  /** A client that reads slowly goes on, while another has its turn. */
  private void releaseSlow(long now) {
    if (slots.isAnyWaiting()) {
      long slow = options.stallTime().toNanos() / SLOW_SHARE;
      connections.stream()
          .filter(c -> c.isUploading() && c.blockedNanos(now) >= slow)
          .forEach(slots::ended);
    }
  }

  private void giveTurns(long now) {
    for (Optional<PeerConnection> next = slots.next(); next.isPresent(); next = slots.next()) {
      PeerConnection connection = next.get();
      guarded(connection, () -> connection.begin(now));
    }
  }

  private void cutLate(long now) {
    for (PeerConnection connection : List.copyOf(connections)) {
      long deadline = connection.deadlineNanos(options);
      if (deadline != Long.MAX_VALUE && now - deadline >= 0) {
        close(connection);
      }
    }
  }

  private void close(PeerConnection connection) {
    connections.remove(connection);
    slots.ended(connection);
    connection.close();
  }

  private void closeAll() {
    List.copyOf(connections).forEach(this::close);
    try {
      listening.close();
      selector.close();
    } catch (IOException e) {
      LOG.debug("cannot close the peer server", e);
    }
  }
}
