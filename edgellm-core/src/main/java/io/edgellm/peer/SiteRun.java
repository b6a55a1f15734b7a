package io.edgellm.peer;

import io.edgellm.model.Artifact;
import io.edgellm.peer.SiteEvent.Trouble;
import io.edgellm.store.BlobChunks;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferListener;
import io.edgellm.transfer.TransferListener.TransferEvent;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Carries out a {@link SitePlan} on the thread of its caller: whatever comes from peers and origin
 * waits in a queue, and is verified, written and told to the plan one after the other.
 */
final class SiteRun implements AutoCloseable {
  private final SitePlan plan;
  private final BlobChunks chunks;
  private final SharedDownload shared;
  private final NodeId self;
  private final PeerDirectory directory;
  private final PeerClient client;
  private final @Nullable OriginFetcher origin;
  private final TransferListener listener;
  private final BlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();
  private final Map<Long, PeerClient.Exchange<?>> exchanges = new HashMap<>();
  private final Map<Peer, PeerClient.TaggedMap> maps = new HashMap<>();
  private final AtomicReference<@Nullable NodeId> stranger = new AtomicReference<>();
  private final BitSet told;
  private List<Peer> peers;
  private @Nullable OriginThread originThread;
  private @Nullable RuntimeException failure;
  private boolean held;
  private boolean over;
  private boolean stopped;
  private long lastProgressNanos = System.nanoTime();
  private long lastProgressBytes;

  SiteRun(
      SitePlan plan,
      BlobChunks chunks,
      SharedDownload shared,
      NodeId self,
      PeerDirectory directory,
      PeerClient client,
      @Nullable OriginFetcher origin,
      TransferListener listener) {
    this.plan = plan;
    this.chunks = chunks;
    this.shared = shared;
    this.self = self;
    this.directory = directory;
    this.peers = List.copyOf(directory.peers());
    this.client = client;
    this.origin = origin;
    this.listener = listener;
    this.told = chunks.verified();
    this.lastProgressBytes = chunks.verifiedBytes();
  }

  /** Ends a run early, from another thread; what has come is kept. */
  void stop() {
    inbox.add(() -> stopped = true);
  }

  void run() {
    listener.onEvent(new TransferEvent.Progress(artifact(), lastProgressBytes, 0));
    tell(new SiteEvent.Peers(peers));
    shared.onAsked(this::asked);
    while (!over && !stopped) {
      lookForPeers();
      try {
        long wait = plan.nextWakeNanos(System.nanoTime()) - System.nanoTime();
        Runnable next = inbox.poll(wait, TimeUnit.NANOSECONDS);
        if (next == null) {
          tell(new SiteEvent.Tick());
        } else {
          next.run();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new TransferException(
            TransferException.Reason.CANCELLED,
            "The transfer of '" + artifact().path() + "' was cancelled; what has arrived is kept.",
            artifact().path(),
            e);
      }
    }
    if (!chunks.isComplete() && !stopped) {
      throw failure == null ? nobodyHasIt() : failure;
    }
  }

  private Artifact artifact() {
    return chunks.artifact();
  }

  private TransferException nobodyHasIt() {
    return new TransferException(
        TransferException.Reason.UNREACHABLE,
        "No node of the site had the rest of '"
            + artifact().path()
            + "' to give: let one of them reach the origin, or wait until one has it.",
        artifact().path());
  }

  private void lookForPeers() {
    List<Peer> now = directory.peers();
    if (!now.equals(peers)) {
      peers = List.copyOf(now);
      tell(new SiteEvent.Peers(peers));
    }
  }

  /** Called by the thread of the server, as often as others like: one waits at a time. */
  private void asked(NodeId node) {
    if (stranger.getAndSet(node) == null) {
      inbox.add(
          () -> {
            NodeId latest = stranger.getAndSet(null);
            if (latest != null) {
              tell(new SiteEvent.AskedBy(latest));
            }
          });
    }
  }

  private void tell(SiteEvent event) {
    long now = System.nanoTime();
    List<SiteAction> actions = plan.on(event, now);
    shared.asksOrigin(!held && plan.asksOrigin(now));
    actions.forEach(this::act);
  }

  private void act(SiteAction action) {
    if (action instanceof SiteAction.AskMap ask) {
      askMap(ask);
    } else if (action instanceof SiteAction.AskChunk ask) {
      askChunk(ask);
    } else if (action instanceof SiteAction.Cancel cancel) {
      PeerClient.Exchange<?> exchange = exchanges.remove(cancel.request());
      if (exchange != null) {
        exchange.cancel();
      }
    } else if (action instanceof SiteAction.Intend intent) {
      shared.intend(intent.chunks());
    } else if (action instanceof SiteAction.AskOrigin ask) {
      askOrigin(ask.chunks());
    } else {
      over = true;
    }
  }

  private void askMap(SiteAction.AskMap ask) {
    PeerClient.TaggedMap known = maps.get(ask.peer());
    String tag = known == null ? "" : known.tag();
    exchanges.put(
        ask.request(),
        client.map(
            ask.peer(),
            artifact(),
            self,
            tag,
            answer -> inbox.add(() -> mapAnswered(ask, answer))));
  }

  private void mapAnswered(SiteAction.AskMap ask, PeerAnswer<PeerClient.TaggedMap> answer) {
    exchanges.remove(ask.request());
    PeerClient.TaggedMap known = maps.get(ask.peer());
    if (answer instanceof PeerAnswer.Came<PeerClient.TaggedMap> came) {
      maps.put(ask.peer(), came.what());
      tell(new SiteEvent.MapCame(ask.request(), came.what().map()));
    } else if (answer instanceof PeerAnswer.Unchanged<PeerClient.TaggedMap> && known != null) {
      tell(new SiteEvent.MapCame(ask.request(), known.map()));
    } else if (answer instanceof PeerAnswer.Failed<PeerClient.TaggedMap> failed) {
      maps.remove(ask.peer());
      tell(new SiteEvent.MapFailed(ask.request(), failed.trouble(), failed.retryAfterNanos()));
    }
  }

  private void askChunk(SiteAction.AskChunk ask) {
    exchanges.put(
        ask.request(),
        client.chunk(
            ask.peer(),
            artifact(),
            ask.chunk(),
            answer -> inbox.add(() -> chunkAnswered(ask, answer))));
  }

  private void chunkAnswered(SiteAction.AskChunk ask, PeerAnswer<ByteBuffer> answer) {
    exchanges.remove(ask.request());
    if (answer instanceof PeerAnswer.Failed<ByteBuffer> failed) {
      tell(new SiteEvent.ChunkFailed(ask.request(), failed.trouble(), failed.retryAfterNanos()));
    } else if (answer instanceof PeerAnswer.Came<ByteBuffer> came) {
      if (chunks.has(ask.chunk()) || chunks.write(ask.chunk(), came.what())) {
        told.set(ask.chunk());
        progress();
        tell(new SiteEvent.ChunkCame(ask.request(), ask.chunk()));
      } else {
        tell(new SiteEvent.ChunkFailed(ask.request(), Trouble.WASTE, 0));
      }
    }
  }

  private void askOrigin(BitSet wanted) {
    OriginFetcher fetcher = origin;
    if (fetcher == null) {
      throw new IllegalStateException("Without an origin it is never this node's turn.");
    }
    shared.claim(wanted);
    OriginThread thread =
        new OriginThread(
            fetcher,
            chunks,
            wanted,
            event -> inbox.add(() -> originSays(event)),
            thrown -> inbox.add(() -> originEnded(thrown)));
    originThread = thread;
    thread.start();
  }

  private void originSays(TransferEvent event) {
    held = event instanceof TransferEvent.Waiting;
    if (held) {
      // Others need not wait for a node that is not allowed to fetch at present.
      shared.claim(new BitSet());
    }
    if (event instanceof TransferEvent.Progress) {
      tellArrived();
    } else {
      listener.onEvent(event);
    }
    tell(new SiteEvent.Tick());
  }

  private void tellArrived() {
    BitSet news = chunks.verified();
    news.andNot(told);
    told.or(news);
    if (!news.isEmpty()) {
      progress();
      news.stream().forEach(chunk -> tell(new SiteEvent.OriginBrought(chunk)));
    }
  }

  private void originEnded(@Nullable RuntimeException thrown) {
    originThread = null;
    held = false;
    shared.claim(new BitSet());
    tellArrived();
    if (thrown != null && !(thrown instanceof TransferException)) {
      throw thrown;
    }
    failure = thrown == null ? failure : thrown;
    tell(new SiteEvent.OriginEnded(thrown != null));
  }

  private void progress() {
    long now = System.nanoTime();
    long done = chunks.verifiedBytes();
    double seconds = Math.max(1, now - lastProgressNanos) / 1e9;
    listener.onEvent(
        new TransferEvent.Progress(artifact(), done, (done - lastProgressBytes) / seconds));
    lastProgressNanos = now;
    lastProgressBytes = done;
  }

  /** Cuts what is under way; the thread of the origin has ended on return. */
  @Override
  public void close() {
    exchanges.values().forEach(PeerClient.Exchange::cancel);
    exchanges.clear();
    plan.abandon();
    OriginThread thread = originThread;
    if (thread != null) {
      thread.end();
    }
    // While it rests, others need not wait for this node.
    shared.claim(new BitSet());
    shared.asksOrigin(false);
  }
}
