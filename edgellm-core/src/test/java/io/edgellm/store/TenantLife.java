package io.edgellm.store;

import io.edgellm.model.Artifact;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.Verdict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** The life of one model in a store, step by step at random. */
final class TenantLife {
  private static final int PIECE_BYTES = 16 << 10;

  /** What others may cause: they fetch the same file, collect it, or still read what must go. */
  private static final Set<StoreException.Reason> EXPECTED =
      EnumSet.of(
          StoreException.Reason.BUSY,
          StoreException.Reason.BLOB_MISSING,
          StoreException.Reason.IN_USE,
          StoreException.Reason.NOT_INSTALLED);

  private interface Call {
    ModelState run() throws IOException;
  }

  private final ModelStore store;
  private final ModelVerifier verifier;
  private final ModelId model;
  private final List<TestRelease> releases;
  private final Random random;
  private final TenantVoice voice;
  private final boolean tidy;

  TenantLife(
      ModelStore store,
      ModelVerifier verifier,
      ModelId model,
      List<TestRelease> releases,
      Random random,
      TenantVoice voice,
      boolean tidy) {
    this.store = store;
    this.verifier = verifier;
    this.model = model;
    this.releases = releases;
    this.random = random;
    this.voice = voice;
    this.tidy = tidy;
  }

  /** Takes steps until the disk fails or something is wrong. */
  void live() {
    try {
      while (true) {
        step();
      }
    } catch (StoreException e) {
      if (e.reason() == StoreException.Reason.IO || e.reason() == StoreException.Reason.READ_ONLY) {
        voice.lost(model, e);
      } else {
        voice.bad(model, e);
      }
    } catch (IOException e) {
      voice.lost(model, e);
    } catch (RuntimeException e) {
      voice.bad(model, e);
    }
  }

  /** Verifies what is active, over and over: under a lease it must always be whole. */
  void watch() {
    while (true) {
      try (Lease lease = store.lease(model)) {
        if (lease.verify(verifier) instanceof Verdict.Rejected rejected) {
          voice.bad(model, rejected);
          return;
        }
      } catch (StoreException e) {
        if (!EXPECTED.contains(e.reason())) {
          voice.bad(model, e);
          return;
        }
      }
    }
  }

  private void step() throws IOException {
    ModelState state = store.state(model);
    switch (random.nextInt(tidy ? 14 : 13)) {
      case 0, 1, 2, 3 -> bringOne(state);
      case 4, 5, 6 -> activateOne(state);
      case 7 -> charge(state);
      case 8, 9 -> heal(state);
      case 10 -> goBack(state);
      case 11 -> togglePin(state);
      case 12 -> removeOne(state);
      default -> attempt("collect", "garbage", state, this::collect);
    }
  }

  private void bringOne(ModelState state) throws IOException {
    Optional<TestRelease> next = any(releases, release -> !isInstalled(release.version()));
    if (next.isEmpty()) {
      return;
    }
    TestRelease release = next.get();
    for (Artifact file : store.missing(release.manifest())) {
      attempt(
          "fetch", file.sha256().hex(), state, () -> fetch(file, release.contentOf(file.path())));
    }
    attempt(
        "install",
        release.version().toString(),
        state,
        () -> {
          store.install(release.papers(), verifier);
          return state;
        });
  }

  /** Goes on where an earlier try ended, if that was right: the digest of the whole tells. */
  private ModelState fetch(Artifact file, byte[] content) throws IOException {
    Optional<PartialBlob> opened = store.openPartial(file);
    if (opened.isPresent()) {
      try (PartialBlob partial = opened.get()) {
        append(partial, content);
        try {
          partial.commit();
        } catch (StoreException e) {
          if (e.reason() != StoreException.Reason.CORRUPT) {
            throw e;
          }
          append(partial, content);
          partial.commit();
        }
      }
    }
    return store.state(model);
  }

  private static void append(PartialBlob partial, byte[] content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(partial.path(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (int at = (int) channel.size(); at < content.length; at = (int) channel.size()) {
        int length = Math.min(PIECE_BYTES, content.length - at);
        channel.write(ByteBuffer.wrap(content, at, length));
      }
    }
  }

  private void activateOne(ModelState state) throws IOException {
    Optional<TestRelease> next =
        any(releases, r -> isInstalled(r.version()) && !r.version().equals(state.current()));
    if (next.isPresent()) {
      ModelVersion version = next.get().version();
      attempt(
          "activate",
          version.toString(),
          state.activated(version),
          () -> next.get().activateIn(store, verifier));
    }
  }

  private void charge(ModelState state) throws IOException {
    if (state.current() != null) {
      attempt("charge", "", state.attemptCharged(), () -> store.chargeAttempt(model));
    }
  }

  private void heal(ModelState state) throws IOException {
    ModelVersion current = state.current();
    if (current != null) {
      attempt("heal", "", state.healthy(0), () -> store.markHealthy(model, current));
    }
  }

  private void goBack(ModelState state) throws IOException {
    if (state.previous() != null) {
      attempt("go back", "", state.rolledBack(), () -> store.rollBack(model));
    } else {
      attempt("deactivate", "", state.deactivated(), () -> store.deactivate(model));
    }
  }

  private void togglePin(ModelState state) throws IOException {
    Optional<TestRelease> pinned = any(releases, r -> state.pins().contains(r.version()));
    if (pinned.isPresent()) {
      ModelVersion version = pinned.get().version();
      attempt("unpin", "", state.unpinned(version), () -> store.unpin(model, version));
      return;
    }
    Optional<TestRelease> free = any(releases, r -> isInstalled(r.version()));
    if (free.isPresent()) {
      ModelVersion version = free.get().version();
      attempt("pin", "", state.pinned(version), () -> store.pin(model, version));
    }
  }

  private void removeOne(ModelState state) throws IOException {
    Optional<TestRelease> next =
        any(releases, r -> isInstalled(r.version()) && !state.needs(r.version()));
    if (next.isPresent()) {
      ModelVersion version = next.get().version();
      attempt(
          "remove",
          version.toString(),
          state,
          () -> {
            store.remove(model, version);
            return state;
          });
    }
  }

  private ModelState collect() {
    store.collectGarbage();
    return store.state(model);
  }

  /** Takes a step whose effect on the state is known, and says so before and after. */
  private void attempt(String step, String what, ModelState after, Call call) throws IOException {
    voice.tries(model, step, what, after);
    try {
      voice.done(model, step, what, call.run());
    } catch (StoreException e) {
      if (!EXPECTED.contains(e.reason())) {
        throw e;
      }
      voice.refused(model, step, what, e.reason());
    }
  }

  private boolean isInstalled(ModelVersion version) {
    return store.find(model, version).isPresent();
  }

  private interface Condition {
    boolean holdsFor(TestRelease release);
  }

  private Optional<TestRelease> any(List<TestRelease> from, Condition condition) {
    List<TestRelease> those = new ArrayList<>();
    for (TestRelease release : from) {
      if (condition.holdsFor(release)) {
        those.add(release);
      }
    }
    return those.isEmpty()
        ? Optional.empty()
        : Optional.of(those.get(random.nextInt(those.size())));
  }
}
