package io.edgellm.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page about threats names tests, and all tests of threats. */
final class DocumentedThreatsTest {
  private static final Path HOUSE = Path.of("..");
  private static final Pattern NAME = Pattern.compile("`(\\w+Test)`");

  private static Set<String> named() throws IOException {
    return NAME.matcher(Files.readString(HOUSE.resolve("docs/threats.md")))
        .results()
        .map((MatchResult match) -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> tests() throws IOException {
    Set<String> tests = new TreeSet<>();
    for (String module : Set.of("edgellm-core", "edgellm-rollout")) {
      try (Stream<Path> files = Files.walk(HOUSE.resolve(module).resolve("src/test/java"))) {
        files
            .map(file -> String.valueOf(file.getFileName()))
            .filter(file -> file.endsWith("Test.java"))
            .map(file -> file.substring(0, file.length() - ".java".length()))
            .forEach(tests::add);
      }
    }
    return tests;
  }

  @Test
  void everyTestOnThePageIsThere() throws IOException {
    assertThat(tests()).containsAll(named());
  }

  @Test
  void everyTestOfThreatsIsOnThePage() throws IOException {
    assertThat(named())
        .containsAll(
            tests().stream()
                .filter(test -> test.endsWith("ThreatsTest") && !test.startsWith("Documented"))
                .toList());
  }
}
