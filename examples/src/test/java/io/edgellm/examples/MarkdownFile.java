package io.edgellm.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A page of the documentation: its blocks of code and its links.
 *
 * @param path where it lies
 * @param lines its text
 */
public record MarkdownFile(Path path, List<String> lines) {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final String FENCE = "```";
  private static final Pattern LINK = Pattern.compile("\\[[^]]*]\\(([^)\\s]+)[^)]*\\)");
  private static final String GIVEN = "<!-- given:";
  private static final String COMMENT_END = "-->";

  /**
   * A block of code.
   *
   * @param language what the fence says, may be empty
   * @param firstLine the line in the page of its first line, counted from 1
   * @param code its text
   * @param given what the comment before it names: lists of parameters, and methods, that the code
   *     takes for granted
   */
  public record CodeBlock(String language, int firstLine, String code, List<String> given) {}

  /**
   * A link.
   *
   * @param line where it is, counted from 1
   * @param target what it points to, as written
   */
  record Link(int line, String target) {}

  /** Returns README.md, CONTRIBUTING.md and everything under docs. */
  public static List<MarkdownFile> all() throws IOException {
    try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      List<Path> pages =
          Stream.concat(
                  Stream.of(ROOT.resolve("README.md"), ROOT.resolve("CONTRIBUTING.md")),
                  docs.filter(f -> f.toString().endsWith(".md")).sorted())
              .toList();
      List<MarkdownFile> files = new ArrayList<>();
      for (Path page : pages) {
        files.add(read(page));
      }
      return files;
    }
  }

  /** Returns the page at a path relative to the root of the project. */
  static MarkdownFile at(String path) throws IOException {
    return read(ROOT.resolve(path));
  }

  static MarkdownFile read(Path page) throws IOException {
    return new MarkdownFile(page, Files.readAllLines(page));
  }

  /** Returns the path from the root of the project, with slashes. */
  public String name() {
    return ROOT.relativize(path).toString().replace('\\', '/');
  }

  /** Returns the blocks of code, in the order of the page. */
  public List<CodeBlock> codeBlocks() {
    List<CodeBlock> blocks = new ArrayList<>();
    int opening = -1;
    for (int i = 0; i < lines.size(); i++) {
      if (!isFence(i)) {
        continue;
      }
      if (opening < 0) {
        opening = i;
      } else {
        blocks.add(block(opening, i));
        opening = -1;
      }
    }
    if (opening >= 0) {
      throw new IllegalStateException(name() + ":" + (opening + 1) + ": the fence is not closed.");
    }
    return blocks;
  }

  private CodeBlock block(int opening, int closing) {
    String language = lines.get(opening).strip().substring(FENCE.length()).strip();
    String code = String.join("\n", lines.subList(opening + 1, closing)) + "\n";
    return new CodeBlock(language, opening + 2, code, givenBefore(opening));
  }

  private List<String> givenBefore(int opening) {
    String before = String.join(" ", lines.subList(0, opening)).stripTrailing();
    int comment = before.lastIndexOf(GIVEN);
    int end = before.length() - COMMENT_END.length();
    if (comment < 0 || before.indexOf(COMMENT_END, comment) != end) {
      return List.of();
    }
    return List.of(before.substring(comment + GIVEN.length(), end).strip().split("; *"));
  }

  /** Returns the links of the text; what looks like one in code is none. */
  List<Link> links() {
    List<Link> links = new ArrayList<>();
    boolean code = false;
    for (int i = 0; i < lines.size(); i++) {
      if (isFence(i)) {
        code = !code;
      } else if (!code) {
        Matcher link = LINK.matcher(lines.get(i).replaceAll("`[^`]*`", "code"));
        while (link.find()) {
          links.add(new Link(i + 1, link.group(1)));
        }
      }
    }
    return links;
  }

  /** Returns the names by which GitHub lets links point to headings. */
  Set<String> anchors() {
    return lines.stream()
        .filter(line -> line.matches("#+ .*"))
        .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  private boolean isFence(int line) {
    return lines.get(line).strip().startsWith(FENCE);
  }
}
