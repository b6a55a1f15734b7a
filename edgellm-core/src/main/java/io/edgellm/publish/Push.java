package io.edgellm.publish;

import io.edgellm.internal.tuf.RoleName;
import io.edgellm.publish.PublishTarget.Condition;
import io.edgellm.publish.PublishTarget.Document;
import io.edgellm.publish.PushStatus.Phase;
import io.edgellm.release.ReleaseException;
import io.edgellm.transfer.TransferException;
import java.util.Optional;

/**
 * Carries a plan out, in an order in which nobody sees something whose parts are missing: files,
 * papers of releases, lists of versions, metadata with versions in its names, new roots, and the
 * timestamp, which makes all of it current. Whatever has gone is asked for before anything refers
 * to it.
 */
final class Push {
  private final PublishTarget target;
  private final PushPlan plan;
  private final Sending sending;

  Push(PublishTarget target, PushPlan plan, Sending sending) {
    this.target = target;
    this.plan = plan;
    this.sending = sending;
  }

  void run() {
    plan.blobs().forEach(this::send);
    plan.papers().forEach(this::publish);
    plan.listings().forEach(this::list);
    plan.metadata().forEach(this::add);
    plan.roots().forEach((n, json) -> add(MetadataState.path(RoleName.ROOT, n), json));
    plan.timestamp().ifPresent(this::makeCurrent);
    sending.progress().enter(Phase.DONE, "");
  }

  private void send(PushPlan.Blob blob) {
    sending.progress().enter(Phase.BLOBS, blob.artifact().path());
    target.send(blob.line(), blob.artifact(), blob.file(), sending);
    String path = blob.artifact().path();
    if (!sending.trying(path, () -> target.has(blob.line(), blob.artifact()))) {
      throw lost(path);
    }
  }

  private void publish(ReleasePapers papers) {
    sending.progress().enter(Phase.PAPERS, papers.manifestPath());
    target.publish(papers, sending);
    papers.files().forEach(this::confirm);
  }

  private void list(LineListing listing) {
    sending.progress().enter(Phase.PAPERS, listing.path());
    boolean listed = target.list(listing, sending);
    if (!listed && !isThere(listing.path(), listing.index().orElseThrow())) {
      throw overtaken(listing.path());
    }
    listing.newTargets().forEach(this::confirm);
    listing.index().ifPresent(json -> confirm(listing.path(), json));
  }

  private void add(String path, byte[] json) {
    sending.progress().enter(Phase.METADATA, path);
    boolean added =
        sending.trying(path, () -> target.put(path, json, new Condition.Absent(), sending));
    if (!added && !isThere(path, json)) {
      throw overtaken(path);
    }
    confirm(path, json);
  }

  private void makeCurrent(PushPlan.Timestamp timestamp) {
    String path = MetadataState.TIMESTAMP;
    sending.progress().enter(Phase.METADATA, path);
    Condition condition = Condition.unchanged(timestamp.before());
    byte[] json = timestamp.next().bytes();
    boolean replaced = sending.trying(path, () -> target.put(path, json, condition, sending));
    // An answer may be lost, and the second try then finds what the first one has written.
    if (!replaced && !isThere(path, json)) {
      throw overtaken(path);
    }
    confirm(path, json);
  }

  private boolean isThere(String path, byte[] bytes) {
    return read(path).filter(document -> document.isSame(bytes)).isPresent();
  }

  private Optional<Document> read(String path) {
    return sending.trying(path, () -> target.read(path, MetadataState.MAX_BYTES));
  }

  private void confirm(String path, byte[] bytes) {
    if (!isThere(path, bytes)) {
      throw lost(path);
    }
  }

  private ReleaseException overtaken(String path) {
    return new ReleaseException(
        ReleaseException.Reason.OUTDATED,
        "Somebody else has written '"
            + path
            + "' at '"
            + target.describe()
            + "' meanwhile: pull, and publish again. What devices see is his.",
        path);
  }

  private TransferException lost(String path) {
    return new TransferException(
        TransferException.Reason.CORRUPT,
        "'"
            + target.describe()
            + "' has taken '"
            + path
            + "', and does not have it as it was sent: push again, and look at the server and at"
            + " who else writes there.",
        path);
  }
}
