package io.edgellm.triton;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Counts the cases of a suite and writes the count to {@code target/conformance}. */
final class ConformanceReport {
  private final String suite;
  private final List<String> failed = new ArrayList<>();
  private int total;

  ConformanceReport(String suite) {
    this.suite = suite;
  }

  interface Case {
    void run() throws IOException;
  }

  void check(String label, Case oneCase) {
    total++;
    try {
      oneCase.run();
    } catch (AssertionError | Exception e) {
      failed.add(label + ": " + e);
    }
  }

  int total() {
    return total;
  }

  List<String> failed() {
    return failed;
  }

  void write() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode report = mapper.createObjectNode();
    report.put("suite", suite).put("total", total).put("passed", total - failed.size());
    failed.forEach(report.putArray("failed")::add);
    Path directory = Files.createDirectories(Path.of("target", "conformance"));
    mapper.writeValue(directory.resolve(suite + ".json").toFile(), report);
  }
}
