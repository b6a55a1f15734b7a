package io.edgellm.examples.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.model.EdgeLlmException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * Where a command speaks: its answer on standard output, everything else on standard error.
 *
 * <p>With {@code --json}, standard output is one JSON object in every case, a failure included.
 */
final class Console {
  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean terminal;
  private String ended = "";

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "Answer with one JSON object on standard output.")
  private boolean json;

  @Option(
      names = {"-q", "--quiet"},
      scope = ScopeType.INHERIT,
      description = "Say nothing but errors (with --json: no progress).")
  private boolean quiet;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of an error.")
  private boolean verbose;

  /**
   * @param out for answers
   * @param err for progress and errors
   * @param terminal whether a line on {@code err} can be redrawn
   */
  Console(PrintWriter out, PrintWriter err, boolean terminal) {
    this.out = out;
    this.err = err;
    this.terminal = terminal;
  }

  PrintWriter out() {
    return out;
  }

  PrintWriter err() {
    return err;
  }

  /** Begins an answer for machines. */
  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /**
   * Prints what the command was asked for.
   *
   * @param text lines for people
   * @param object the same for machines
   */
  void answer(String text, ObjectNode object) {
    if (json) {
      out.println(object);
    } else if (!quiet) {
      out.println(text.stripTrailing());
    }
    out.flush();
  }

  /** Prints a piece of an answer that people read while it comes. */
  void stream(String piece) {
    if (!json && !quiet && !piece.isEmpty()) {
      out.print(piece);
      out.flush();
    }
  }

  /**
   * Ends an answer that people have seen while it came.
   *
   * @param object the whole of it for machines
   * @param rest what people have not seen yet
   */
  void streamed(ObjectNode object, String rest) {
    if (json) {
      out.println(object);
    } else if (!quiet && !rest.isEmpty()) {
      out.println(rest);
    }
    out.flush();
  }

  /**
   * Returns where a command speaks that is a step of another one.
   *
   * @param answer takes its answer, if ours is for machines
   */
  Console forStep(PrintWriter answer) {
    return new Console(json ? answer : out, err, terminal);
  }

  /** Adds to a step's words how this console was asked to speak. */
  String[] stepWords(List<String> words) {
    List<String> all = new ArrayList<>(words);
    if (json) {
      all.add("--json");
    }
    if (quiet) {
      all.add("--quiet");
    }
    if (verbose) {
      all.add("--verbose");
    }
    return all.toArray(String[]::new);
  }

  /** Says how things go. */
  void note(String line) {
    if (!quiet) {
      err.println(line);
      err.flush();
    }
  }

  /** Shows how far a long work is; a terminal redraws the line. The same end is told once. */
  void progress(String line, boolean last) {
    if (quiet || !(terminal || last) || line.equals(ended)) {
      return;
    }
    ended = last ? line : "";
    // Blanks wipe what a longer line has left.
    err.print(terminal ? "\r" + line + "      " : line);
    if (last) {
      err.println();
    }
    err.flush();
  }

  /** Prints why the command failed, and returns how it ends. */
  ExitCode fail(Throwable failure) {
    ExitCode code = ExitCode.of(failure);
    String reason = reason(failure);
    String message =
        code == ExitCode.INTERNAL ? failure.toString() : String.valueOf(failure.getMessage());
    Optional<String> subject =
        failure instanceof EdgeLlmException e ? e.subject() : Optional.empty();
    if (json) {
      ObjectNode error = object();
      error
          .putObject("error")
          .put("exit", code.number())
          .put("reason", reason)
          .put("message", message)
          .put("subject", subject.orElse(null));
      out.println(error);
      out.flush();
    }
    err.println("edgellm: " + message);
    err.println("  " + reason + subject.map(s -> ": " + s).orElse(""));
    if (verbose) {
      failure.printStackTrace(err);
    } else if (code == ExitCode.INTERNAL) {
      err.println("  Run it again with --verbose to see where.");
    }
    err.flush();
    return code;
  }

  private static String reason(Throwable failure) {
    if (failure instanceof CommandFault e) {
      return e.reason();
    }
    return failure instanceof EdgeLlmException e
        ? e.reason().name()
        : failure.getClass().getSimpleName();
  }
}
