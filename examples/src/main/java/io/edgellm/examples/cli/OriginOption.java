package io.edgellm.examples.cli;

import io.edgellm.model.Capabilities;
import io.edgellm.model.Capabilities.Modality;
import io.edgellm.model.ModelDescriptor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where a model is from, what it can do, and what may be done with it. */
final class OriginOption {
  @Option(
      names = {"--licence", "--license"},
      paramLabel = "SPDX",
      description = "Its license, such as Apache-2.0; may be repeated.")
  private List<String> licenses = new ArrayList<>();

  @Option(names = "--base-model", paramLabel = "URL", description = "What it was made of.")
  private @Nullable String baseModel;

  @Option(names = "--revision", description = "The revision of that.")
  private @Nullable String revision;

  @Option(names = "--family", description = "The line of models, such as llama3.")
  private @Nullable String family;

  @Option(names = "--title", description = "A name for people.")
  private @Nullable String title;

  @Option(names = "--description", description = "What it is.")
  private @Nullable String description;

  @Option(names = "--vendor", description = "Who distributes it.")
  private @Nullable String vendor;

  @Option(names = "--author", description = "Who made it; may be repeated.")
  private List<String> authors = new ArrayList<>();

  @Option(names = "--documentation", paramLabel = "URL", description = "Where more is written.")
  private @Nullable String documentation;

  @Option(
      names = "--dataset",
      paramLabel = "URL",
      description = "What it was trained on; may be repeated.")
  private List<String> datasets = new ArrayList<>();

  @Option(names = "--language", description = "Two letters, such as en; may be repeated.")
  private List<String> languages = new ArrayList<>();

  @Option(names = "--calls-tools", description = "It answers with tool calls.")
  private boolean callsTools;

  ModelDescriptor descriptor() {
    ModelDescriptor.Builder descriptor =
        ModelDescriptor.builder()
            .vendor(vendor)
            .family(family)
            .title(title)
            .description(description)
            .docUrl(documentation)
            .sourceUrl(baseModel)
            .revision(revision);
    authors.forEach(descriptor::author);
    datasets.forEach(descriptor::datasetUrl);
    licenses.forEach(descriptor::license);
    return descriptor.build();
  }

  Capabilities capabilities() {
    return new Capabilities(
        List.of(Modality.TEXT),
        List.of(Modality.TEXT),
        null,
        null,
        callsTools ? Boolean.TRUE : null,
        null,
        languages);
  }
}
