package io.edgellm.examples;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.SimpleJavaFileObject;

/**
 * A block of Java in the documentation as the compiler sees it.
 *
 * <p>A block with imports and a type is a whole file. Any other is a fragment, the body of a
 * method: values that it takes for granted are the parameters, methods that it takes for granted
 * are abstract beside it, and imports that it begins with go to the top.
 */
final class DocumentedCode extends SimpleJavaFileObject {
  private static final Pattern TYPE =
      Pattern.compile(
          "(?m)^((public|final|abstract|sealed) )*(class|record|interface|enum) \\w+.*\\{$");
  private static final Pattern IMPORT = Pattern.compile("(?m)^import .*;$");
  private static final Pattern PACKAGE = Pattern.compile("(?m)^package .*;$");

  private final MarkdownFile page;
  private final int firstLine;
  private final int linesBefore;
  private final String text;

  private DocumentedCode(
      MarkdownFile page, MarkdownFile.CodeBlock block, int linesBefore, String text) {
    super(URI.create("string:///" + page.name() + "/" + block.firstLine()), Kind.SOURCE);
    this.page = page;
    this.firstLine = block.firstLine();
    this.linesBefore = linesBefore;
    this.text = text;
  }

  /**
   * Takes a block.
   *
   * @param packageName a package for it alone, so that two pages may use the same name
   * @param imports import declarations for fragments, on one line
   */
  static DocumentedCode of(
      String packageName, MarkdownFile page, MarkdownFile.CodeBlock block, String imports) {
    String header = "package " + packageName + "; ";
    boolean wholeFile = TYPE.matcher(block.code()).find() && IMPORT.matcher(block.code()).find();
    if (!wholeFile) {
      return new DocumentedCode(page, block, 1, header + imports + method(block));
    }
    boolean inAPackage = PACKAGE.matcher(block.code()).find();
    return new DocumentedCode(page, block, 0, inAPackage ? block.code() : header + block.code());
  }

  private static String method(MarkdownFile.CodeBlock block) {
    StringBuilder imports = new StringBuilder();
    Matcher own = IMPORT.matcher(block.code());
    while (own.find()) {
      imports.append(own.group()).append(' ');
    }
    StringBuilder methods = new StringBuilder();
    List<String> parameters = new ArrayList<>();
    for (String given : block.given()) {
      if (given.endsWith(")")) {
        methods.append("abstract ").append(given).append("; ");
      } else {
        parameters.add(given);
      }
    }
    return imports
        + "abstract class Fragment { "
        + methods
        + "void run("
        + String.join(", ", parameters)
        + ") throws Exception {\n"
        + own.replaceAll("")
        + "}}\n";
  }

  /** Returns page and line of the block, or of a line that the compiler complains about. */
  String place() {
    return page.name() + ":" + firstLine;
  }

  /**
   * Returns where a line lies in the page.
   *
   * @param line the compiler's line, counted from 1
   */
  String placeOf(long line) {
    return page.name() + ":" + (firstLine + Math.max(0, line - 1 - linesBefore));
  }

  @Override
  public CharSequence getCharContent(boolean ignoreEncodingErrors) {
    return text;
  }

  /** A block has no file whose name a public type would have to have. */
  @Override
  public boolean isNameCompatible(String simpleName, Kind kind) {
    return kind == Kind.SOURCE;
  }
}
