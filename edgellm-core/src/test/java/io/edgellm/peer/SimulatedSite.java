package io.edgellm.peer;

import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import io.edgellm.peer.SiteEvent.Trouble;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A site in virtual time: many plans, one line to the origin that all of them share, and a local
 * network on which every node hands out one chunk after the other.
 */
final class SimulatedSite {
  static final long ROUND_TRIP = Duration.ofMillis(1).toNanos();
  static final long ORIGIN_ROUND_TRIP = Duration.ofMillis(60).toNanos();

  /** What a node does when it is asked by others. */
  enum Manners {
    GOOD,
    /** Says that it has everything and sends wrong bytes. */
    WRONG_BYTES,
    /** Says that it has everything and never answers when asked for it. */
    STALLS,
    /** Says that it has everything and then that it does not. */
    DENIES,
    /** Says that it has everything, and then: later. */
    BUSY,
    /** Says that it is going to fetch its share, and does nothing. */
    IDLE,
    /** Says that it is fetching everything, and does nothing. */
    CLAIMS
  }

  private record Happening(long at, long order, Runnable what) implements Comparable<Happening> {
    @Override
    public int compareTo(Happening other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  final Artifact file;
  final SiteOptions options;
  final Random random;
  final List<Node> nodes = new ArrayList<>();
  final Settings settings;
  private final PriorityQueue<Happening> future = new PriorityQueue<>();
  private long order;
  long now;
  long originFreeAt;
  int originRequests;
  int originChunks;
  boolean originDown;

  record Settings(int chunks, int unitChunks, long originBytesPerSecond, long localBytesPerSecond) {
    static Settings of(int chunks) {
      return new Settings(chunks, 1, 10_000_000, 100_000_000);
    }
  }

  SimulatedSite(Settings settings, SiteOptions options, long seed) {
    this.settings = settings;
    this.options = options;
    this.random = new Random(seed);
    byte[] name = new byte[32];
    random.nextBytes(name);
    this.file =
        new Artifact(
            "weights",
            (long) settings.chunks() * Artifact.CHUNK_BYTES,
            Sha256.of(name),
            "application/octet-stream",
            Artifact.Role.WEIGHTS,
            Collections.nCopies(settings.chunks(), Sha256.of(name)));
  }

  Node add(Manners manners, Duration start) {
    return add(manners, Peer.Kind.DEVICE, start);
  }

  /** A node that fetches everything by itself, and that the others know as such. */
  Node addEdgeCache(Duration start) {
    return add(Manners.GOOD, Peer.Kind.EDGE_CACHE, start);
  }

  private Node add(Manners manners, Peer.Kind kind, Duration start) {
    Node node = new Node(nodes.size(), manners, kind);
    nodes.add(node);
    at(start.toNanos(), node::start);
    return node;
  }

  void kill(Node node, Duration when) {
    at(when.toNanos(), () -> node.alive = false);
  }

  void at(long time, Runnable what) {
    future.add(new Happening(time, order++, what));
  }

  /** Lets time go by until all good nodes that live have an end, or until the given time. */
  Duration run(Duration atMost) {
    while (!future.isEmpty()) {
      Happening next = future.remove();
      if (next.at() > atMost.toNanos()) {
        break;
      }
      now = next.at();
      next.what().run();
      if (nodes.stream().allMatch(n -> n.manners != Manners.GOOD || !n.alive || n.ended())) {
        break;
      }
    }
    return Duration.ofNanos(now);
  }

  /** One node: its plan, and what it says to others. */
  final class Node {
    final Peer peer;
    final NodeId id = NodeId.random(random);
    final Manners manners;
    final Reputation reputation = new Reputation();
    final BitSet have = new BitSet();
    final Set<Long> cancelled = new HashSet<>();
    BitSet claimed = new BitSet();
    boolean intends;
    boolean alive = true;
    boolean hasOrigin = true;
    boolean finished;
    boolean gaveUp;
    @Nullable SitePlan plan;
    long uploadFreeAt;
    int wrongBytes;
    int stalled;
    int fetched;

    Node(int number, Manners manners, Peer.Kind kind) {
      this.peer = new Peer("10.0.0." + (number + 1), 7070, kind);
      this.manners = manners;
    }

    boolean ended() {
      return finished || gaveUp;
    }

    void start() {
      SitePlan started =
          new SitePlan(
              file, have, id, hasOrigin, settings.unitChunks(), options, reputation, random, now);
      plan = started;
      if (manners == Manners.GOOD) {
        boolean alone = peer.kind() == Peer.Kind.EDGE_CACHE;
        List<Peer> all = nodes.stream().map(n -> n.peer).toList();
        tell(new SiteEvent.Peers(alone ? List.of() : all));
      }
    }

    void tell(SiteEvent event) {
      SitePlan current = plan;
      if (manners != Manners.GOOD || !alive || current == null || ended()) {
        return;
      }
      current.on(event, now).forEach(this::act);
      long wake = current.nextWakeNanos(now);
      if (!(event instanceof SiteEvent.Tick) || !ended()) {
        wakeAt(wake);
      }
    }

    private long wake = Long.MAX_VALUE;

    private void wakeAt(long time) {
      if (time < wake || wake <= now) {
        wake = time;
        at(
            time,
            () -> {
              if (wake == time) {
                wake = Long.MAX_VALUE;
                tell(new SiteEvent.Tick());
              }
            });
      }
    }

    private void act(SiteAction action) {
      if (action instanceof SiteAction.AskMap ask) {
        Node other = node(ask.peer());
        at(now + ROUND_TRIP, () -> other.askedForMap(this, ask.request()));
      } else if (action instanceof SiteAction.AskChunk ask) {
        Node other = node(ask.peer());
        at(now + ROUND_TRIP, () -> other.askedForChunk(this, ask.request(), ask.chunk()));
      } else if (action instanceof SiteAction.Cancel cancel) {
        cancelled.add(cancel.request());
      } else if (action instanceof SiteAction.Intend intent) {
        claimed = intent.chunks();
        intends = true;
      } else if (action instanceof SiteAction.AskOrigin ask) {
        originRequests++;
        intends = false;
        claimed = ask.chunks();
        at(now + ORIGIN_ROUND_TRIP, () -> fetchFromOrigin(ask.chunks(), 0));
      } else if (action instanceof SiteAction.Finish) {
        finished = true;
      } else if (action instanceof SiteAction.GiveUp) {
        gaveUp = true;
      }
    }

    private void fetchFromOrigin(BitSet chunks, int from) {
      int chunk = chunks.nextSetBit(from);
      if (!alive || ended() || originDown || chunk < 0) {
        claimed = new BitSet();
        tell(new SiteEvent.OriginEnded(originDown));
        return;
      }
      originChunks++;
      fetched++;
      originFreeAt =
          Math.max(now, originFreeAt)
              + Artifact.CHUNK_BYTES * 1_000_000_000L / settings.originBytesPerSecond();
      at(
          originFreeAt,
          () -> {
            have.set(chunk);
            tell(new SiteEvent.OriginBrought(chunk));
            fetchFromOrigin(chunks, chunk + 1);
          });
    }

    private void askedForMap(Node by, long request) {
      if (!alive || plan == null) {
        by.tell(new SiteEvent.MapFailed(request, Trouble.UNREACHABLE, 0));
        return;
      }
      tell(new SiteEvent.AskedBy(by.id));
      BitSet all = new BitSet();
      all.set(0, settings.chunks());
      boolean boasts =
          manners != Manners.GOOD && manners != Manners.IDLE && manners != Manners.CLAIMS;
      by.tell(
          new SiteEvent.MapCame(
              request,
              new ChunkMap(
                  id,
                  settings.chunks(),
                  manners != Manners.GOOD || (!finished && plan.asksOrigin(now)),
                  manners == Manners.GOOD && intends,
                  boasts ? all : have,
                  manners == Manners.CLAIMS ? all : claimed)));
    }

    private void askedForChunk(Node by, long request, int chunk) {
      if (!alive) {
        by.tell(new SiteEvent.ChunkFailed(request, Trouble.UNREACHABLE, 0));
      } else if (manners == Manners.WRONG_BYTES) {
        by.wrongBytes++;
        by.tell(new SiteEvent.ChunkFailed(request, Trouble.WASTE, 0));
      } else if (manners == Manners.STALLS) {
        by.stalled++;
      } else if (manners == Manners.DENIES) {
        by.tell(new SiteEvent.ChunkFailed(request, Trouble.REFUSED, 0));
      } else if (manners == Manners.BUSY) {
        by.tell(new SiteEvent.ChunkFailed(request, Trouble.BUSY, 0));
      } else {
        upload(by, request, chunk);
      }
    }

    private void upload(Node by, long request, int chunk) {
      if (!have.get(chunk)) {
        throw new AssertionError(peer + " was asked for " + chunk + ", which it never offered");
      }
      uploadFreeAt =
          Math.max(now, uploadFreeAt)
              + Artifact.CHUNK_BYTES * 1_000_000_000L / settings.localBytesPerSecond();
      at(
          uploadFreeAt,
          () -> {
            if (!alive) {
              by.tell(new SiteEvent.ChunkFailed(request, Trouble.UNREACHABLE, 0));
            } else if (!by.cancelled.contains(request)) {
              by.have.set(chunk);
              by.tell(new SiteEvent.ChunkCame(request, chunk));
            }
          });
    }
  }

  private Node node(Peer peer) {
    return nodes.stream().filter(n -> n.peer.equals(peer)).findFirst().orElseThrow();
  }
}
