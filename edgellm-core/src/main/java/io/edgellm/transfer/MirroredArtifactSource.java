package io.edgellm.transfer;

import io.edgellm.model.Sha256;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Several sources of the same files as one: another is asked when one fails, in the middle of a
 * file as well, and no byte that came is lost by that.
 *
 * <p>Mirrors have a rank and a weight. Of the lowest rank that has a mirror to ask, one is drawn by
 * weight; the others follow. A mirror that fails is left alone for a while, longer from failure to
 * failure; then one question finds out whether it is back. One that sends bytes that are not those
 * of the manifest is left alone for much longer, see {@link MirrorOptions}.
 *
 * <p>That a mirror does not have a file says nothing against it: it may be behind. A document that
 * no mirror has, of those that answer, does not exist. A blob is named by a signed manifest and
 * exists somewhere, so that as long as a mirror does not answer, that is a failure which passes.
 *
 * <p>Thread-safe.
 */
public final class MirroredArtifactSource implements ArtifactSource {
  private final List<Mirror> mirrors;

  private MirroredArtifactSource(List<Mirror> mirrors) {
    this.mirrors = mirrors;
  }

  /** Describes the mirrors. */
  public static Builder builder() {
    return new Builder();
  }

  /** The mirrors and how they are treated. Not thread-safe. */
  public static final class Builder {
    private record Entry(ArtifactSource source, int rank, double weight) {}

    private final List<Entry> entries = new ArrayList<>();
    private MirrorOptions options = MirrorOptions.defaults();
    private RandomGenerator random = new SplittableRandom();
    private LongSupplier nanoTime = System::nanoTime;

    private Builder() {}

    /** Adds a mirror that is asked when those before it fail. */
    public Builder mirror(ArtifactSource source) {
      int last = entries.stream().mapToInt(Entry::rank).max().orElse(-1);
      return mirror(source, last + 1, 1);
    }

    /**
     * Adds a mirror.
     *
     * @param source the mirror; it is closed with the whole
     * @param rank lower ones are asked first
     * @param weight how often it is the first one among those of its rank, above zero
     */
    public Builder mirror(ArtifactSource source, int rank, double weight) {
      if (!(weight > 0)) {
        throw new IllegalArgumentException("The weight of a mirror is above zero, not " + weight);
      }
      entries.add(new Entry(source, rank, weight));
      return this;
    }

    /** Sets how long mirrors that fail are left alone. */
    public Builder options(MirrorOptions value) {
      options = value;
      return this;
    }

    /** Sets what draws mirrors and pauses; used under a lock. */
    public Builder jitter(RandomGenerator value) {
      random = value;
      return this;
    }

    Builder nanoTime(LongSupplier value) {
      nanoTime = value;
      return this;
    }

    /** Returns the source; there is at least one mirror. */
    public MirroredArtifactSource build() {
      if (entries.isEmpty()) {
        throw new IllegalArgumentException("There is no mirror: add at least one.");
      }
      RandomGenerator shared = new LockedRandom(random);
      return new MirroredArtifactSource(
          entries.stream()
              .map(e -> new Mirror(e.source(), e.rank(), e.weight(), options, shared, nanoTime))
              .toList());
    }
  }

  /** Generators of the JDK are for one thread each. */
  private record LockedRandom(RandomGenerator random) implements RandomGenerator {
    @Override
    public long nextLong() {
      synchronized (random) {
        return random.nextLong();
      }
    }
  }

  /** Tells the mirror what became of its stream. */
  private record MirrorSender(Mirror mirror, Sender inner) implements Sender {
    @Override
    public String describe() {
      return mirror.source().describe();
    }

    @Override
    public void delivered() {
      inner.delivered();
      mirror.succeeded();
    }

    @Override
    public void failed(TransferException failure) {
      inner.failed(failure);
      mirror.failed(failure);
    }
  }

  @Override
  public byte[] document(String path, int maxBytes) {
    return ask(
        mirror -> {
          byte[] document = mirror.source().document(path, maxBytes);
          mirror.succeeded();
          return document;
        },
        path,
        false);
  }

  @Override
  public BlobStream open(String path, long offsetBytes) {
    return ask(mirror -> told(mirror, mirror.source().open(path, offsetBytes)), path, false);
  }

  @Override
  public BlobStream open(String path, long offsetBytes, long lengthBytes) {
    return ask(
        mirror -> told(mirror, mirror.source().open(path, offsetBytes, lengthBytes)), path, false);
  }

  @Override
  public BlobStream open(Sha256 blob, long offsetBytes) {
    return ask(
        mirror -> told(mirror, mirror.source().open(blob, offsetBytes)), blob.toString(), true);
  }

  @Override
  public BlobStream open(Sha256 blob, long offsetBytes, long lengthBytes) {
    return ask(
        mirror -> told(mirror, mirror.source().open(blob, offsetBytes, lengthBytes)),
        blob.toString(),
        true);
  }

  private static BlobStream told(Mirror mirror, BlobStream stream) {
    return new BlobStream(
        stream.offsetBytes(), stream.bytes(), new MirrorSender(mirror, stream.sender()));
  }

  private <T> T ask(Function<Mirror, T> question, String what, boolean exists) {
    List<TransferException> failures = new ArrayList<>();
    for (Mirror mirror : inOrder()) {
      if (mirror.tryAsk()) {
        try {
          return question.apply(mirror);
        } catch (TransferException e) {
          mirror.failed(e);
          failures.add(e);
          if (e.reason() == TransferException.Reason.CANCELLED) {
            throw e;
          }
        }
      }
    }
    throw mostTelling(failures, what, exists);
  }

  private List<Mirror> inOrder() {
    Map<Mirror, Double> drawn = new HashMap<>();
    mirrors.forEach(mirror -> drawn.put(mirror, mirror.draw()));
    return mirrors.stream()
        .sorted(Comparator.comparingInt(Mirror::rank).thenComparing(drawn::get))
        .toList();
  }

  private TransferException mostTelling(
      List<TransferException> failures, String what, boolean exists) {
    boolean allAnswered = failures.size() == mirrors.size();
    return failures.stream()
        .filter(e -> !exists && e.reason() == TransferException.Reason.NOT_FOUND)
        .findFirst()
        .or(() -> failures.stream().filter(TransferException::isTransient).findFirst())
        .or(() -> failures.stream().filter(e -> allAnswered).findFirst())
        .orElseGet(() -> Refusals.leftAlone(what, describe(), shortestPause()));
  }

  private Duration shortestPause() {
    return mirrors.stream().map(Mirror::closedFor).min(Duration::compareTo).orElse(Duration.ZERO);
  }

  @Override
  public boolean hasAlternative() {
    return shortestPause().isZero();
  }

  @Override
  public String describe() {
    return mirrors.stream()
        .map(mirror -> mirror.source().describe())
        .collect(Collectors.joining(", "));
  }

  /** Closes the mirrors. */
  @Override
  public void close() {
    mirrors.forEach(mirror -> mirror.source().close());
  }
}
