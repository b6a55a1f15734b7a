package io.edgellm.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a model is from and what may be done with it: the descriptive half of a CNCF ModelPack
 * configuration. Name, version and time stand in the manifest itself. What is empty or null is not
 * said.
 *
 * @param authors who made it
 * @param vendor who distributes it
 * @param family the line of models that it belongs to, such as {@code llama3}
 * @param title a name for people
 * @param description what it is, for people
 * @param docUrl where more is written about it
 * @param sourceUrl where it is from: its base model, or its source code
 * @param datasetUrls what it was trained on
 * @param revision the revision of the source
 * @param licenses SPDX license expressions, such as {@code Apache-2.0}
 */
public record ModelDescriptor(
    List<String> authors,
    @Nullable String vendor,
    @Nullable String family,
    @Nullable String title,
    @Nullable String description,
    @Nullable String docUrl,
    @Nullable String sourceUrl,
    List<String> datasetUrls,
    @Nullable String revision,
    List<String> licenses) {
  /** Copies the lists. */
  public ModelDescriptor {
    authors = List.copyOf(authors);
    datasetUrls = List.copyOf(datasetUrls);
    licenses = List.copyOf(licenses);
  }

  /** Says nothing. */
  public static ModelDescriptor unknown() {
    return builder().build();
  }

  /** Begins with nothing said. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects what is said of a model. Not thread-safe. */
  public static final class Builder {
    private final List<String> authors = new ArrayList<>();
    private @Nullable String vendor;
    private @Nullable String family;
    private @Nullable String title;
    private @Nullable String description;
    private @Nullable String docUrl;
    private @Nullable String sourceUrl;
    private final List<String> datasetUrls = new ArrayList<>();
    private @Nullable String revision;
    private final List<String> licenses = new ArrayList<>();

    private Builder() {}

    /** Names one more author. */
    public Builder author(String value) {
      authors.add(value);
      return this;
    }

    /** Names who distributes it. */
    public Builder vendor(@Nullable String value) {
      vendor = value;
      return this;
    }

    /** Names the line of models that it belongs to. */
    public Builder family(@Nullable String value) {
      family = value;
      return this;
    }

    /** Gives it a name for people. */
    public Builder title(@Nullable String value) {
      title = value;
      return this;
    }

    /** Says what it is. */
    public Builder description(@Nullable String value) {
      description = value;
      return this;
    }

    /** Says where more is written about it. */
    public Builder docUrl(@Nullable String value) {
      docUrl = value;
      return this;
    }

    /** Says where it is from. */
    public Builder sourceUrl(@Nullable String value) {
      sourceUrl = value;
      return this;
    }

    /** Names one more data set that it was trained on. */
    public Builder datasetUrl(String value) {
      datasetUrls.add(value);
      return this;
    }

    /** Names the revision of the source. */
    public Builder revision(@Nullable String value) {
      revision = value;
      return this;
    }

    /** Adds one more license, as an SPDX expression. */
    public Builder license(String value) {
      licenses.add(value);
      return this;
    }

    /** Returns the descriptor. */
    public ModelDescriptor build() {
      return new ModelDescriptor(
          authors,
          vendor,
          family,
          title,
          description,
          docUrl,
          sourceUrl,
          datasetUrls,
          revision,
          licenses);
    }
  }
}
