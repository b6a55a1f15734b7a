package io.edgellm.inference.engine;

import ai.onnxruntime.OrtException;
import io.edgellm.inference.graph.CacheAbility;
import io.edgellm.inference.graph.DecoderGraph;
import io.edgellm.inference.graph.RunInterrupt;
import io.edgellm.inference.graph.RunInterruptedException;
import io.edgellm.llm.FinishReason;
import io.edgellm.llm.InferenceException;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Continuous batching (Yu et al. 2022, Orca) with chunked prefills (Agrawal et al. 2024, Sarathi):
 * turn by turn, requests that ended leave their slots, others take them, all sequences that decode
 * read one token in the same pass, and one of those that read a prompt reads a chunk of it.
 *
 * <p>One thread runs the passes. No lock is held during one; who ends a request from another thread
 * interrupts a pass only if the request takes part in it, and the pass is repeated for the others.
 * A pass that fails is repeated for each of its sequences alone, so that one that makes it fail
 * ends by itself. Nothing is allocated per token but events and their text.
 */
final class Scheduler {
  private final Decoder decoder;
  private final DecoderGraph graph;
  private final RunInterrupt interrupt;
  private final Inbox<Request> inbox;
  private final PromptReuse reuse;
  private final SlotTime slotTime = new SlotTime();
  private final @Nullable Sequence[] sequences;
  private final SlotState[] states;
  private final @Nullable String[] adapters;
  private final TurnPlan plan;
  private final Batch batch;
  private final Batch alone = new Batch(1);

  /**
   * @param decoder what runs the passes; stays the caller's to close
   * @param reuse spares sequences what was read before
   * @param interrupt stays the caller's to close, too
   * @param queueBound how many requests may wait behind those that run
   */
  Scheduler(Decoder decoder, PromptReuse reuse, RunInterrupt interrupt, int queueBound) {
    this.decoder = decoder;
    this.reuse = reuse;
    this.graph = decoder.graph();
    this.interrupt = interrupt;
    int slots = graph.slots();
    this.inbox = new Inbox<>(queueBound, slots);
    this.sequences = new @Nullable Sequence[slots];
    this.states = new SlotState[slots];
    this.adapters = new @Nullable String[slots];
    this.plan = new TurnPlan(slots);
    this.batch = new Batch(passesAreShared(graph) ? slots : 1);
  }

  /** A shared pass has to be taken back for the others when one of them ends in the middle. */
  private static boolean passesAreShared(DecoderGraph graph) {
    return graph.abilities().containsAll(Set.of(CacheAbility.BATCH, CacheAbility.REWIND));
  }

  /** Submits a request, from any thread. */
  Inbox.Admission offer(Request request) {
    return inbox.offer(request, request.priority());
  }

  /** Returns how many requests wait. */
  int waiting() {
    return inbox.waiting();
  }

  /** Estimates how long one more request would wait. */
  Duration estimatedWait() {
    return slotTime.behind(inbox.waiting(), sequences.length);
  }

  /** Ends a request, from any thread: at once, or by ending the pass that it takes part in. */
  void end(Request request, Ending why) {
    switch (request.askToEnd(why)) {
      case YOURS -> inbox.forget(request);
      case NOTED -> interrupt.trigger();
      case LATE -> {}
    }
  }

  /** Has it look again at what can run. */
  void wake() {
    inbox.wake();
  }

  /** Makes {@link #run} come to its end soon, from any thread. */
  void close() {
    inbox.close();
    interrupt.trigger();
  }

  /**
   * Runs requests until it is closed, and ends those that are left.
   *
   * @param closed what they are told
   */
  void run(InferenceException closed) {
    try {
      while (turn()) {}
    } finally {
      inbox.close();
      endAll(new Ending.Failure(closed));
    }
  }

  private void endAll(Ending closed) {
    for (Sequence sequence : sequences) {
      if (sequence != null) {
        sequence.request().askToEnd(closed);
      }
    }
    for (Request request : inbox.clear()) {
      request.askToEnd(closed);
    }
  }

  private boolean turn() {
    // In this order: what is asked for from here on ends a pass, or the waiting.
    interrupt.reset();
    inbox.readNews();
    if (inbox.isClosed()) {
      return false;
    }
    retire();
    admit();
    look();
    plan.choose(states, adapters);
    if (plan.isIdle()) {
      inbox.awaitNews();
    }
    decode();
    read();
    return true;
  }

  private void retire() {
    for (int slot = 0; slot < sequences.length; slot++) {
      Sequence sequence = sequences[slot];
      if (sequence != null && sequence.request().hasEnded()) {
        sequences[slot] = null;
        slotTime.took(System.nanoTime() - sequence.begun());
        inbox.leave();
      }
    }
  }

  private void admit() {
    while (hasFreeSlot()) {
      Request next = inbox.poll();
      if (next == null) {
        return;
      }
      if (!begin(next)) {
        inbox.leave();
      }
    }
  }

  private boolean hasFreeSlot() {
    for (int slot = 0; slot < sequences.length; slot++) {
      if (isFree(slot)) {
        return true;
      }
    }
    return false;
  }

  private boolean isFree(int slot) {
    return sequences[slot] == null;
  }

  /** Begins a request, unless it has ended or is too late. */
  private boolean begin(Request request) {
    if (!request.hold()) {
      return false;
    }
    try {
      if (!request.isOverdue(System.nanoTime())) {
        place(request);
        return true;
      }
      request.end(new Ending.Finish(FinishReason.DEADLINE));
    } catch (RuntimeException | Error e) {
      request.end(Ending.broken("The request could not begin: ", e));
    } finally {
      request.letGo();
    }
    return false;
  }

  private void place(Request request) {
    int slot = reuse.place(request, this::isFree);
    Sequence sequence = request.begin(decoder, slot, graph.length(slot));
    reuse.begin(slot, sequence.tokens(), request.adapter());
    sequences[slot] = sequence;
  }

  private void look() {
    for (int slot = 0; slot < sequences.length; slot++) {
      Sequence sequence = sequences[slot];
      states[slot] = sequence == null ? SlotState.FREE : sequence.state(graph.length(slot));
      adapters[slot] = sequence == null ? null : sequence.request().adapter();
    }
  }

  private void decode() {
    if (plan.decoderCount() > 0) {
      // It was opened when they read their prompts.
      graph.useAdapter(adapters[plan.decoder(0)]);
    }
    if (plan.decoderCount() == 1) {
      decodeAlone(sequences[plan.decoder(0)]);
    } else {
      decodeTogether();
    }
  }

  private void decodeTogether() {
    for (int i = 0; i < plan.decoderCount(); i++) {
      Sequence sequence = sequences[plan.decoder(i)];
      if (sequence != null && sequence.request().hold()) {
        batch.add(sequence, graph.length(sequence.slot()));
      }
      if (batch.isFull()) {
        decodeBatch();
      }
    }
    if (batch.size() > 0) {
      decodeBatch();
    }
  }

  /** What one sequence guesses is verified while no other waits for the pass. */
  private void decodeAlone(@Nullable Sequence sequence) {
    if (sequence == null || !sequence.request().hold()) {
      return;
    }
    try {
      long begun = System.nanoTime();
      int guessed = sequence.guess();
      if (guessed > 0) {
        verify(sequence, guessed, begun);
      } else {
        alone.only(sequence, graph.length(sequence.slot()));
        step(alone);
        sequence.steppedAlone(System.nanoTime() - begun);
      }
    } catch (RunInterruptedException e) {
      // As in a pass over one token.
    } catch (OrtException | RuntimeException | Error e) {
      fail(sequence, e);
    } finally {
      alone.clear();
      sequence.request().letGo();
    }
  }

  private void verify(Sequence sequence, int guessed, long begun)
      throws OrtException, RunInterruptedException {
    int slot = sequence.slot();
    int from = graph.length(slot);
    int to = from + 1 + guessed;
    FloatBuffer logits = graph.read(slot, sequence.tokens(), from, to, 1 + guessed, interrupt);
    int right = sequence.guessesRead(guessed, logits, System.nanoTime() - begun);
    // What follows the last right guess is forgotten.
    graph.rewind(slot, from + 1 + right);
  }

  private void decodeBatch() {
    try {
      step(batch);
    } finally {
      batch.letGo();
    }
  }

  private void step(Batch together) {
    try {
      FloatBuffer logits = together.run(graph, interrupt);
      for (int i = 0; i < together.size(); i++) {
        take(together.get(i), logits, i);
      }
    } catch (RunInterruptedException e) {
      // Who asked for that ends when the batch lets go; the others are as before.
      return;
    } catch (OrtException | RuntimeException | Error e) {
      stepAlone(together, e);
    }
  }

  private void take(Sequence sequence, FloatBuffer logits, int row) {
    try {
      sequence.tokenRead(logits, row);
    } catch (RuntimeException | Error e) {
      fail(sequence, e);
    }
  }

  private void stepAlone(Batch together, Throwable failure) {
    if (together.size() == 1) {
      fail(together.get(0), failure);
      return;
    }
    for (int i = 0; i < together.size(); i++) {
      Sequence sequence = together.get(i);
      alone.only(sequence, graph.length(sequence.slot()));
      step(alone);
    }
  }

  private void read() {
    Sequence sequence = plan.reader() < 0 ? null : sequences[plan.reader()];
    if (sequence == null || !sequence.request().hold()) {
      return;
    }
    try {
      readChunk(sequence);
    } catch (RunInterruptedException e) {
      // It ends when it is let go; if it does not, it goes on where the graph is now.
    } catch (OrtException | RuntimeException | Error e) {
      fail(sequence, e);
    } finally {
      sequence.request().letGo();
    }
  }

  private void readChunk(Sequence sequence) throws OrtException, RunInterruptedException {
    int slot = sequence.slot();
    graph.useAdapter(adapters[slot]);
    int from = graph.length(slot);
    int to = reuse.endOfChunk(slot, from, sequence.endOfChunk(from, graph.prefillChunk()));
    int rows = sequence.rows(from, to);
    sequence.chunkRead(to, rows, graph.read(slot, sequence.tokens(), from, to, rows, interrupt));
    reuse.chunkRead(slot, sequence.tokens());
  }

  /** Ends a sequence; what a pass left in its cache that failed is not used again. */
  private void fail(Sequence sequence, Throwable why) {
    graph.clear(sequence.slot());
    sequence.request().end(Ending.broken("The forward pass failed: ", why));
  }
}
