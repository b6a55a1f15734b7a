package io.edgellm.examples.cli;

import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Scanner;
import java.util.regex.Pattern;

/** A device that runs 'edgellm share' until it is closed. */
final class Sharing implements AutoCloseable {
  private static final Pattern PORT = Pattern.compile("(?<=sharing at 127\\.0\\.0\\.1:)[0-9]+");

  private final Thread command;
  private final int port;

  Sharing(CommandPlace place, Path secret) throws IOException {
    PipedReader said = new PipedReader();
    Console console =
        new Console(
            new PrintWriter(new StringWriter()),
            new PrintWriter(new PipedWriter(said), true),
            false);
    String[] words = {
      "share",
      "--store",
      place.device.toString(),
      "--bind",
      "127.0.0.1",
      "--site-secret",
      secret.toString()
    };
    command = new Thread(() -> Edgellm.run(console, place, words), "sharing");
    command.start();
    port = Integer.parseInt(new Scanner(said).findWithinHorizon(PORT, 0));
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    command.interrupt();
    try {
      command.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
