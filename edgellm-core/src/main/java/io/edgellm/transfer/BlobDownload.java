package io.edgellm.transfer;

import io.edgellm.model.Artifact;
import io.edgellm.store.BlobChunks;
import io.edgellm.transfer.ArtifactSource.BlobStream;
import io.edgellm.transfer.TransferListener.TransferEvent;
import java.time.InstantSource;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/**
 * Downloads the missing chunks of a file from a source, and continues where an earlier try ended.
 *
 * <p>One request per run of missing chunks, from the first byte that is not there to the last. What
 * has come of a chunk when a line breaks is kept and continued, in memory and on the disk, although
 * nothing can be said of it before the chunk is whole: a cut costs no byte twice. If a chunk that
 * was put together in this way turns out to be wrong, it is fetched once more from its beginning,
 * and only then is somebody to blame.
 *
 * <p>A source that has no ranges sends the file from its beginning; every chunk of it that helps is
 * taken on the way.
 *
 * <p>Thread-safe, as far as source and jitter are. Several downloads may fill one file, each with
 * other chunks.
 */
public final class BlobDownload implements BlobFetcher {
  private final ArtifactSource source;
  private final TransferOptions options;
  private final TransferLimits limits;
  private final Retries retries;
  private final TransferClock clock;

  /**
   * Downloads without limits.
   *
   * @param source where the bytes come from
   * @param options how stubborn to be
   * @param jitter draws the pauses
   */
  public BlobDownload(ArtifactSource source, TransferOptions options, RandomGenerator jitter) {
    this(source, options, TransferLimits.none(), jitter);
  }

  /**
   * @param source where the bytes come from
   * @param options how stubborn to be
   * @param limits when and how fast the bytes may come
   * @param jitter draws the pauses
   */
  public BlobDownload(
      ArtifactSource source,
      TransferOptions options,
      TransferLimits limits,
      RandomGenerator jitter) {
    this(source, options, limits, jitter, TransferClock.of(InstantSource.system()));
  }

  BlobDownload(
      ArtifactSource source,
      TransferOptions options,
      TransferLimits limits,
      RandomGenerator jitter,
      TransferClock clock) {
    this.source = source;
    this.options = options;
    this.limits = limits;
    this.retries = new Retries(options, jitter);
    this.clock = clock;
  }

  @Override
  public void fetch(BlobChunks into, TransferListener listener) {
    fetch(into, into.missing(), listener);
  }

  /**
   * Fetches some chunks, as far as they are missing.
   *
   * @param into the file
   * @param wanted the numbers of the chunks
   * @param listener hears progress and retries
   * @throws TransferException if it gave up, was late or was interrupted; what came stays
   * @throws io.edgellm.store.StoreException if the disk fails
   */
  public void fetch(BlobChunks into, BitSet wanted, TransferListener listener) {
    Artifact artifact = into.artifact();
    Gate gate = Gate.forFile(limits, clock, artifact.path(), artifact.sizeBytes());
    Arrivals arrivals = new Arrivals(into, wanted, listener, clock::nanoTime);
    Deadline deadline = new Deadline(options.deadline(), artifact.path(), clock::nanoTime);
    int failures = 0;
    while (!arrivals.missing().isEmpty()) {
      deadline.extend(gate.pass(listener));
      try {
        receive(arrivals, gate, deadline, listener);
      } catch (TransferException e) {
        if (gate.isOpen()) {
          failures = arrivals.haveGrown() ? 1 : failures + 1;
          requireAnotherTry(e, failures);
          listener.onEvent(new TransferEvent.Retry(artifact.path(), failures, e));
          rest(failures, e, gate);
        }
      } finally {
        arrivals.keepBeginning();
      }
    }
  }

  private void requireAnotherTry(TransferException e, int failures) {
    boolean elsewhere = mayGoOnElsewhere(e) && failures < options.attempts();
    if (!elsewhere && !retries.allow(failures, e)) {
      throw e;
    }
  }

  private void rest(int failures, TransferException e, Gate gate) {
    if (!mayGoOnElsewhere(e)) {
      gate.rest(retries.pause(failures, e));
    }
  }

  private boolean mayGoOnElsewhere(TransferException e) {
    return e.reason() != TransferException.Reason.CANCELLED
        && e.reason() != TransferException.Reason.DEADLINE
        && source.hasAlternative();
  }

  private void receive(Arrivals arrivals, Gate gate, Deadline deadline, TransferListener listener) {
    BlobChunks file = arrivals.file();
    BitSet missing = arrivals.missing();
    ChunkRun run = ChunkRun.firstOf(missing);
    long offset = arrivals.begin(run.first());
    deadline.require();
    try (Incoming incoming = open(file, run, offset, gate, listener)) {
      // A file that comes from its beginning has all that is missing, not the run alone.
      int end = incoming.position() < offset ? file.count() : run.end();
      int chunk = run.first();
      while (chunk >= 0 && chunk < end) {
        if (!incoming.skipTo(arrivals.begin(chunk)) || !arrivals.takeRest(incoming)) {
          return;
        }
        deadline.require();
        chunk = missing.nextSetBit(chunk + 1);
      }
    }
  }

  private Incoming open(
      BlobChunks file, ChunkRun run, long offset, Gate gate, TransferListener listener) {
    Artifact artifact = file.artifact();
    // Up to the end is what every source can, and the shorter question.
    BlobStream stream =
        run.isTail(file)
            ? source.open(artifact.sha256(), offset)
            : source.open(artifact.sha256(), offset, run.endBytes(file) - offset);
    RateLimit rate =
        new RateLimit(
            options.minimumBytesPerSecond(),
            options.rateWindow(),
            artifact.path(),
            clock::nanoTime);
    listener.onEvent(new TransferEvent.Receiving(artifact, stream.sender().describe(), offset));
    return new Incoming(artifact, stream, rate, gate, limits.control());
  }
}
