package io.edgellm.peer;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.security.SecureRandom;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Serves chunks of files to the other nodes of a site, over HTTP/1.1: {@code GET
 * /v1/blobs/sha256-HEX} with a range or without, and {@code GET /v1/blobs/sha256-HEX/have}, which
 * says what there is. Only what has its digest in this moment is served.
 *
 * <p>One thread does everything, without waiting for any client: so a slow one costs a connection
 * and no thread, and every wait has an end. The JDK's own server was no choice here: a client that
 * sends its request slowly, or does not read its answer, holds a thread of it, and the only limits
 * on that are system properties of the whole application.
 *
 * <p>Thread-safe. Starts nothing before {@link #start} and leaves nothing behind {@link #close}.
 */
public final class PeerServer implements AutoCloseable {
  private final PeerServerLoop loop;
  private final InetSocketAddress address;
  private final Thread thread;

  /** While it is open, no upload begins. */
  public interface Pause extends AutoCloseable {
    /** Lets uploads begin again, unless another pause is open. */
    @Override
    void close();
  }

  private PeerServer(PeerServerLoop loop, InetSocketAddress address, Thread thread) {
    this.loop = loop;
    this.address = address;
    this.thread = thread;
  }

  /**
   * Starts a server on a daemon thread named {@code edgellm-peer-server}.
   *
   * @param address where to listen; port 0 takes a free one
   * @param shelf what to serve
   * @throws PeerException with {@code ADDRESS} if it cannot listen there
   */
  public static PeerServer start(
      InetSocketAddress address, BlobShelf shelf, PeerServerOptions options) {
    return start(
        address,
        shelf,
        options,
        work -> {
          Thread thread = new Thread(work, "edgellm-peer-server");
          thread.setDaemon(true);
          return thread;
        });
  }

  /**
   * Starts a server.
   *
   * @param address where to listen; port 0 takes a free one
   * @param shelf what to serve
   * @param threads makes the one thread that the server runs on until it is closed
   * @throws PeerException with {@code ADDRESS} if it cannot listen there
   */
  public static PeerServer start(
      InetSocketAddress address,
      BlobShelf shelf,
      PeerServerOptions options,
      ThreadFactory threads) {
    try {
      ServerSocketChannel listening = ServerSocketChannel.open();
      try {
        listening.bind(address);
        PeerServerLoop loop = new PeerServerLoop(listening, shelf, options, new SecureRandom());
        Thread thread = threads.newThread(loop);
        PeerServer server =
            new PeerServer(loop, (InetSocketAddress) listening.getLocalAddress(), thread);
        thread.start();
        return server;
      } catch (Throwable e) {
        listening.close();
        throw e;
      }
    } catch (IOException | UnresolvedAddressException e) {
      throw new PeerException(
          PeerException.Reason.ADDRESS,
          "Nobody can listen on "
              + address
              + " ("
              + e.getMessage()
              + "): choose an address of this machine and a free port, or port 0.",
          address.toString(),
          e);
    }
  }

  /** Returns where it listens. */
  public InetSocketAddress address() {
    return address;
  }

  /**
   * Lets no upload begin until the pause is closed: for the time of an inference, for instance. A
   * chunk that is under way is finished; what was to follow it in the same answer is not. What
   * chunks there are is still answered. Pauses add up.
   */
  public Pause pause() {
    AtomicBoolean closed = new AtomicBoolean();
    loop.pause();
    return () -> {
      if (closed.compareAndSet(false, true)) {
        loop.resume();
      }
    };
  }

  /**
   * Sets the rate of all uploads together from now on.
   *
   * @param bytesPerSecond at least 1; {@link PeerServerOptions#UNLIMITED} for no limit
   */
  public void limit(long bytesPerSecond) {
    if (bytesPerSecond < 1) {
      throw new IllegalArgumentException("A rate is at least 1: pause() lets nothing through.");
    }
    loop.limit(bytesPerSecond);
  }

  /** Cuts all connections and ends the thread before it returns, unless the latter calls it. */
  @Override
  public void close() {
    loop.stop();
    boolean interrupted = false;
    while (thread != Thread.currentThread() && thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
