package io.edgellm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What the documentation points to is there. */
final class DocumentedLinksTest {

  @TestFactory
  List<DynamicTest> everyLinkOfAPageLeadsSomewhere() throws IOException {
    return MarkdownFile.all().stream()
        .map(page -> DynamicTest.dynamicTest(page.name(), () -> leadsSomewhere(page)))
        .toList();
  }

  private static void leadsSomewhere(MarkdownFile page) throws IOException {
    for (MarkdownFile.Link link : page.links()) {
      if (!link.target().matches("[a-z]+:.*")) {
        assertThat(isThere(page, link.target()))
            .as("%s:%d points to %s, which exists", page.name(), link.line(), link.target())
            .isTrue();
      }
    }
  }

  private static boolean isThere(MarkdownFile page, String target) throws IOException {
    String[] parts = target.split("#", 2);
    Path file = parts[0].isEmpty() ? page.path() : page.path().resolveSibling(parts[0]).normalize();
    return Files.isRegularFile(file)
        && (parts.length == 1 || MarkdownFile.read(file).anchors().contains(parts[1]));
  }

  @Test
  void everyDecisionIsInTheIndex() throws IOException {
    MarkdownFile index = MarkdownFile.at("docs/decisions/README.md");
    List<String> targets = index.links().stream().map(MarkdownFile.Link::target).toList();
    Path directory = index.path().resolveSibling("");
    try (Stream<Path> pages = Files.list(directory)) {
      assertThat(pages.map(page -> directory.relativize(page).toString()))
          .filteredOn(name -> !name.equals("README.md"))
          .isSubsetOf(targets);
    }
  }
}
