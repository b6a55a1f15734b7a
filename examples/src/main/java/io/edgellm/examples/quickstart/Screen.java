package io.edgellm.examples.quickstart;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * The quickstart's output: numbered steps with what, how long and result, and a bar for long parts.
 *
 * <p>On a terminal the bar is redrawn in place; in a file or a CI log only its end is printed, so
 * that the log stays readable. Thread-safe.
 */
final class Screen {
  private static final int BAR_WIDTH = 28;
  private static final int LABEL_WIDTH = 38;
  private static final long REDRAW_NANOS = 50_000_000L;

  private final PrintStream out;
  private final boolean terminal;
  private final int steps;
  private int step;
  private long lastDraw;
  private String finished = "";

  /**
   * @param out where to print
   * @param terminal whether lines can be redrawn
   * @param steps how many steps there will be
   */
  Screen(PrintStream out, boolean terminal, int steps) {
    this.out = out;
    this.terminal = terminal;
    this.steps = steps;
  }

  /** Runs a numbered step and says how long it took. */
  <T> T step(String what, Callable<T> work) throws Exception {
    long start = System.nanoTime();
    synchronized (this) {
      step++;
      out.printf(Locale.ROOT, "%n%s%n", bold("[" + step + "/" + steps + "] " + what));
    }
    T result = work.call();
    say("done in " + seconds(Duration.ofNanos(System.nanoTime() - start)));
    return result;
  }

  /** Prints a line of the current step. */
  synchronized void say(String line) {
    out.println("      " + line);
  }

  /** Prints a line of the current step that should be seen. */
  synchronized void sayBold(String line) {
    out.println("      " + bold(line));
  }

  /** Prints several lines as they are. */
  synchronized void block(String text) {
    text.lines().forEach(line -> out.println("      | " + line));
  }

  /** Prints a piece of a line at once, for streamed text. */
  synchronized void stream(String piece) {
    out.print(piece);
    out.flush();
  }

  /**
   * Draws how far a long part is.
   *
   * @param label what is under way
   * @param done how much is done
   * @param total how much there is
   * @param detail what else to say, for instance a rate
   */
  synchronized void progress(String label, long done, long total, String detail) {
    boolean complete = done >= total;
    long now = System.nanoTime();
    boolean tooSoon = !terminal || now - lastDraw < REDRAW_NANOS;
    if (complete ? label.equals(finished) : tooSoon) {
      return;
    }
    finished = complete ? label : "";
    lastDraw = now;
    int filled = total == 0 ? BAR_WIDTH : (int) (BAR_WIDTH * Math.min(done, total) / total);
    String line =
        String.format(
            Locale.ROOT,
            "      %-" + LABEL_WIDTH + "s [%s%s] %3d%% %s",
            label,
            "#".repeat(filled),
            "-".repeat(BAR_WIDTH - filled),
            total == 0 ? 100 : 100 * Math.min(done, total) / total,
            detail);
    // Blanks wipe what a longer line has left.
    out.print((terminal ? "\r" : "") + line + (terminal ? "      " : ""));
    if (complete) {
      out.println();
    }
    out.flush();
  }

  static String seconds(Duration d) {
    return String.format(Locale.ROOT, "%.1f s", d.toMillis() / 1000.0);
  }

  static String millis(double seconds) {
    return String.format(Locale.ROOT, "%.1f ms", seconds * 1000);
  }

  static String bytes(long n) {
    return n < 1 << 20
        ? String.format(Locale.ROOT, "%.1f KB", n / 1e3)
        : String.format(Locale.ROOT, "%.2f MB", n / 1e6);
  }

  private String bold(String s) {
    return terminal ? "\u001b[1m" + s + "\u001b[0m" : s;
  }
}
