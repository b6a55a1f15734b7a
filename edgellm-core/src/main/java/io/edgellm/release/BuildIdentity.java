package io.edgellm.release;

import io.edgellm.trust.sigstore.SlsaProvenance.Dependency;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who builds a release, and from which sources: what a {@link ReleaseProvenance} cannot know from
 * the release itself.
 *
 * @param builderId who builds, an address that devices may require
 * @param invocationId which run of the builder it is, or null
 * @param workflow what describes the pipeline, by name, such as {@code repository} and {@code path}
 * @param sources the repositories that the pipeline was taken from, with their commits
 */
public record BuildIdentity(
    String builderId,
    @Nullable String invocationId,
    Map<String, String> workflow,
    List<Dependency> sources) {
  /** Copies the collections. */
  public BuildIdentity {
    workflow = Collections.unmodifiableMap(new TreeMap<>(workflow));
    sources = List.copyOf(sources);
  }

  /** A builder of which nothing else is known. */
  public static BuildIdentity of(String builderId) {
    return new BuildIdentity(builderId, null, Map.of(), List.of());
  }

  /**
   * Takes what a job of GitHub Actions knows of itself, with the names that GitHub's own
   * attestations use: the builder is the workflow file at its ref.
   *
   * @param environment the variables of the job, such as {@code GITHUB_REPOSITORY}; nothing is read
   *     from the process
   * @throws ReleaseException with {@code MISSING} if a variable is not there
   */
  public static BuildIdentity gitHubActions(Map<String, String> environment) {
    String server = variable(environment, "GITHUB_SERVER_URL");
    String repository = server + "/" + variable(environment, "GITHUB_REPOSITORY");
    String ref = variable(environment, "GITHUB_REF");
    String workflow = variable(environment, "GITHUB_WORKFLOW_REF");
    return new BuildIdentity(
        server + "/" + workflow,
        repository
            + "/actions/runs/"
            + variable(environment, "GITHUB_RUN_ID")
            + "/attempts/"
            + variable(environment, "GITHUB_RUN_ATTEMPT"),
        Map.of("repository", repository, "ref", ref, "path", path(workflow, environment)),
        List.of(
            new Dependency(
                "pipeline",
                "git+" + repository + "@" + ref,
                Map.of("gitCommit", variable(environment, "GITHUB_SHA")))));
  }

  /** Cuts {@code owner/name/.github/workflows/file.yml@ref} down to the path of the file. */
  private static String path(String workflow, Map<String, String> environment) {
    String repository = variable(environment, "GITHUB_REPOSITORY") + "/";
    String path =
        workflow.startsWith(repository) ? workflow.substring(repository.length()) : workflow;
    return path.replaceFirst("@.*", "");
  }

  private static String variable(Map<String, String> environment, String name) {
    String value = environment.get(name);
    if (value == null || value.isBlank()) {
      throw new ReleaseException(
          ReleaseException.Reason.MISSING,
          "The variable "
              + name
              + " of GitHub Actions is not set: run in a job of GitHub Actions, or name the builder"
              + " yourself.",
          name);
    }
    return value;
  }
}
