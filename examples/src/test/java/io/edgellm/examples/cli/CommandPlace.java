package io.edgellm.examples.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A desk with keys, a repository, a device and a clock, at which commands are given. */
final class CommandPlace implements InstantSource {
  final Path directory;
  final Path repository;
  final Path device;
  final Path policy;
  private Instant now = Instant.now();

  /** What a command ended with. */
  record Ran(int exitCode, String out, String err) {
    JsonNode json() {
      try {
        return new ObjectMapper().readTree(out);
      } catch (IOException e) {
        throw new UncheckedIOException(out, e);
      }
    }
  }

  CommandPlace(Path directory) {
    this.directory = directory;
    this.repository = directory.resolve("repository");
    this.device = directory.resolve("device");
    this.policy = directory.resolve("policy.yaml");
  }

  /** Returns a place of its own with everything that is in this one, at the same time. */
  CommandPlace copyTo(Path target) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(f -> !f.equals(directory)).toList()) {
        Files.copy(file, target.resolve(directory.relativize(file).toString()));
      }
    }
    CommandPlace copy = new CommandPlace(target);
    copy.now = now;
    return copy;
  }

  @Override
  public Instant instant() {
    return now;
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  Ran run(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Console console = new Console(new PrintWriter(out), new PrintWriter(err), false);
    int code = Edgellm.run(console, this, words);
    return new Ran(code, out.toString(), err.toString());
  }

  /** Runs a command that must succeed. */
  Ran done(String... words) {
    Ran ran = run(words);
    if (ran.exitCode() != 0) {
      throw new AssertionError(String.join(" ", words) + ": " + ran);
    }
    return ran;
  }

  String path(String name) {
    return directory.resolve(name).toString();
  }

  /** Makes all keys and the policy of the device, which pins the root that is published first. */
  void makeKeys() throws IOException {
    done("keys", "generate", "release", "--to", path("release.key"));
    for (String role : List.of("root", "targets", "team", "online")) {
      done("keys", "generate", "tuf", "--to", path(role + ".key"));
    }
    writePolicy("release.key.pub");
  }

  void writePolicy(String publicKey) throws IOException {
    Files.writeString(
        policy,
        """
        schema: edgellm.trust-policy/v2
        updates: {root: repository/metadata/1.root.json}
        signers:
          - {name: team, models: [assistant], key: %s}
        """
            .formatted(publicKey));
  }

  /** Makes a model directory of two small files, described and signed. */
  Path release(String version, String... more) throws IOException {
    return release(version, ("weights of " + version).getBytes(StandardCharsets.UTF_8), more);
  }

  /** Makes a model directory with these weights, described and signed. */
  Path release(String version, byte[] weights, String... more) throws IOException {
    Path model = Files.createDirectories(directory.resolve("model-" + version));
    Files.write(model.resolve("model.onnx"), weights);
    Files.writeString(model.resolve("vocab.txt"), "words");
    List<String> words =
        new ArrayList<>(List.of("release", model.toString(), "assistant@" + version));
    words.addAll(List.of("--key", path("release.key"), "--min-ram", "1"));
    words.add("--no-facts-from-model");
    words.addAll(List.of(more));
    done(words.toArray(String[]::new));
    return model;
  }

  Ran create(Path model) {
    return done(
        publishing(
            model,
            "--create",
            "--root-key",
            path("root.key"),
            "--targets-key",
            path("targets.key")));
  }

  Ran publish(Path model) {
    return done(publishing(model));
  }

  String[] publishing(Path model, String... more) {
    List<String> words = new ArrayList<>(List.of("publish", model.toString()));
    words.addAll(List.of("--to", repository.toString(), "--team-key", path("team.key")));
    words.addAll(List.of("--online-key", path("online.key")));
    words.addAll(List.of(more));
    return words.toArray(String[]::new);
  }

  /** Installs onto the device, with one try and whatever else is said. */
  Ran install(String from, String model, String... more) {
    List<String> words = new ArrayList<>(List.of("install", from, model, "--attempts", "1"));
    words.addAll(List.of("--policy", policy.toString(), "--store", device.toString()));
    words.addAll(List.of(more));
    return run(words.toArray(String[]::new));
  }

  /** Gives a command that needs the device alone. */
  Ran onDevice(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--store", device.toString()));
    return run(all.toArray(String[]::new));
  }

  Ran activate(String model) {
    return onDevice("activate", model, "--policy", policy.toString());
  }

  Ran withdraw(String model) {
    return done(
        "tuf",
        "withdraw",
        model,
        "--repository",
        repository.toString(),
        "--team-key",
        path("team.key"),
        "--online-key",
        path("online.key"));
  }
}
