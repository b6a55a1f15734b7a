package io.edgellm.examples.quickstart;

import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.LanguageModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The users of the device: asks commands one after another, without pause or end, whatever is being
 * rolled out meanwhile, and notes what happened to each.
 */
final class BackgroundLoad implements AutoCloseable {
  /**
   * What happened to a request.
   *
   * @param endedNanos when it ended, by {@link System#nanoTime()}
   * @param version the version that served when it was asked
   * @param timeToFirstToken from submission to the first token
   * @param total from submission to the end
   * @param failure why there was no answer, empty if there was one
   */
  record Asked(
      long endedNanos, String version, Duration timeToFirstToken, Duration total, String failure) {
    boolean failed() {
      return !failure.isEmpty();
    }
  }

  private final LanguageModel model;
  private final List<String> commands;
  private final List<Asked> asked = new ArrayList<>();
  private final Thread thread;
  private volatile boolean stopped;

  /** Begins to ask. */
  BackgroundLoad(LanguageModel model, List<String> commands) {
    this.model = model;
    this.commands = List.copyOf(commands);
    this.thread = new Thread(this::askForEver, "background-load");
    thread.setDaemon(true);
    thread.start();
  }

  private void askForEver() {
    try {
      for (int i = 0; !stopped; i = (i + 1) % commands.size()) {
        Asked one = ask(commands.get(i));
        synchronized (asked) {
          asked.add(one);
        }
        // A device is not a benchmark: leave the processor some air.
        TimeUnit.MILLISECONDS.sleep(20);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Asked ask(String command) throws InterruptedException {
    long start = System.nanoTime();
    String version = "none";
    try {
      version = model.info().title();
      GenerationResult result =
          model.generate(GenerationRequest.builder().user(command).maxTokens(96).build());
      long end = System.nanoTime();
      return new Asked(end, version, result.timeToFirstToken(), Duration.ofNanos(end - start), "");
    } catch (InferenceException e) {
      long end = System.nanoTime();
      return new Asked(
          end,
          version,
          Duration.ZERO,
          Duration.ofNanos(end - start),
          e.reason() + ": " + e.getMessage());
    }
  }

  /** Returns what has been asked so far. */
  List<Asked> asked() {
    synchronized (asked) {
      return List.copyOf(asked);
    }
  }

  /** Stops asking; waits for the last answer. */
  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
