package io.edgellm.trust.oms;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lists the files of a model in the order of the specification: by code points of their names.
 *
 * <p>Everything that is neither a directory nor a regular file (a link, a pipe, a device) is a
 * fault, and so is a name that a signature cannot hold. Directories without files do not count.
 */
public final class ModelFiles {
  /** The name of the only file of a model that is a single file. */
  static final String SINGLE_FILE = ".";

  private static final int MAX_FILES = 50_000;
  private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:/");

  private ModelFiles() {}

  /** Lists the files under a directory, or the one file that {@code root} is. */
  public static List<ModelFile> list(Path root, IgnoredPaths ignored, Symlinks symlinks)
      throws OmsFault {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(root, BasicFileAttributes.class, options(symlinks));
      if (attributes.isRegularFile()) {
        return List.of(new ModelFile(SINGLE_FILE, root));
      }
      if (!attributes.isDirectory()) {
        throw notAFile(root.toString());
      }
      Walk walk = new Walk(root, ignored);
      Files.walkFileTree(
          root,
          symlinks == Symlinks.FOLLOWED
              ? EnumSet.of(FileVisitOption.FOLLOW_LINKS)
              : EnumSet.noneOf(FileVisitOption.class),
          Integer.MAX_VALUE,
          walk);
      return walk.files();
    } catch (FileSystemLoopException e) {
      throw new OmsFault(
          OmsFault.Kind.UNEXPECTED_FILES,
          "A symbolic link leads in a circle: remove it.",
          e.getFile(),
          e);
    } catch (IOException e) {
      throw new OmsFault(
          OmsFault.Kind.UNREADABLE,
          "The model's files cannot be listed (" + e + "): check that they can be read.",
          root.toString(),
          e);
    }
  }

  private static LinkOption[] options(Symlinks symlinks) {
    return symlinks == Symlinks.FOLLOWED
        ? new LinkOption[0]
        : new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
  }

  /** Returns whether a name is one that a file inside a model has. */
  static boolean isCanonical(String name) {
    if (name.equals(SINGLE_FILE)) {
      return true;
    }
    if (DRIVE.matcher(name).lookingAt() || name.codePoints().anyMatch(c -> !isAllowed(c))) {
      return false;
    }
    for (String segment : name.split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        return false;
      }
    }
    return true;
  }

  // Half a surrogate pair and U+FFFD stand for bytes that are no text.
  private static boolean isAllowed(int c) {
    return c != '\\'
        && c != 0xfffd
        && !Character.isISOControl(c)
        && Character.getType(c) != Character.SURROGATE;
  }

  private static OmsFault notAFile(String name) {
    return new OmsFault(
        OmsFault.Kind.UNEXPECTED_FILES,
        "'" + name + "' is a symbolic link or another thing that is not a file: remove it.",
        name);
  }

  /** Collects files; the first fault ends the walk. */
  private static final class Walk extends SimpleFileVisitor<Path> {
    private static final Comparator<ModelFile> BY_CODE_POINTS =
        Comparator.comparing(
            f -> f.name().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

    private final Path root;
    private final IgnoredPaths ignored;
    private final List<ModelFile> files = new ArrayList<>();
    private @Nullable OmsFault fault;

    Walk(Path root, IgnoredPaths ignored) {
      this.root = root;
      this.ignored = ignored;
    }

    List<ModelFile> files() throws OmsFault {
      if (fault != null) {
        throw fault;
      }
      files.sort(BY_CODE_POINTS);
      return List.copyOf(files);
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      return !directory.equals(root) && ignored.contains(name(directory))
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String name = name(file);
      if (ignored.contains(name)) {
        return FileVisitResult.CONTINUE;
      }
      if (!attributes.isRegularFile()) {
        return stop(notAFile(name));
      }
      if (!isCanonical(name)) {
        return stop(
            new OmsFault(
                OmsFault.Kind.UNEXPECTED_FILES,
                "The file name '" + name + "' cannot be signed: rename the file.",
                name));
      }
      if (files.size() == MAX_FILES) {
        return stop(
            new OmsFault(
                OmsFault.Kind.UNEXPECTED_FILES,
                "There are more than " + MAX_FILES + " files: this is not a model.",
                root.toString()));
      }
      files.add(new ModelFile(name, file));
      return FileVisitResult.CONTINUE;
    }

    private FileVisitResult stop(OmsFault found) {
      fault = found;
      return FileVisitResult.TERMINATE;
    }

    private String name(Path path) {
      StringBuilder name = new StringBuilder();
      for (Path segment : root.relativize(path)) {
        name.append(name.isEmpty() ? "" : "/").append(segment);
      }
      return name.toString();
    }
  }
}
