package io.edgellm.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects what a release demands of a device; see {@link Requirements} for the meaning of each
 * value. Not thread-safe.
 */
public final class RequirementsBuilder {
  private List<String> architectures;
  private List<String> operatingSystems;
  private String runtime;
  private String minRuntimeVersion;
  private @Nullable String maxRuntimeVersion;
  private List<RuntimeRange> otherRuntimes;
  private long minRamBytes;
  private int contextLength;
  private Map<String, Integer> opsets;
  private List<String> executionProviders;
  private List<String> customOps;
  private @Nullable String accelerator;
  private @Nullable MemoryNeed memory;
  private @Nullable Sha256 tokenizerDigest;
  private @Nullable Sha256 chatTemplateDigest;

  RequirementsBuilder(Requirements start) {
    architectures = start.architectures();
    operatingSystems = start.operatingSystems();
    runtime = start.runtime();
    minRuntimeVersion = start.minRuntimeVersion();
    maxRuntimeVersion = start.maxRuntimeVersion();
    otherRuntimes = start.otherRuntimes();
    minRamBytes = start.minRamBytes();
    contextLength = start.contextLength();
    opsets = start.opsets();
    executionProviders = start.executionProviders();
    customOps = start.customOps();
    accelerator = start.accelerator();
    memory = start.memory();
    tokenizerDigest = start.tokenizerDigest();
    chatTemplateDigest = start.chatTemplateDigest();
  }

  /** Sets the processors that it runs on. */
  public RequirementsBuilder architectures(List<String> value) {
    architectures = value;
    return this;
  }

  /** Sets the operating systems that it runs on. */
  public RequirementsBuilder operatingSystems(List<String> value) {
    operatingSystems = value;
    return this;
  }

  /** Sets the runtime and its versions. */
  public RequirementsBuilder runtime(RuntimeRange value) {
    runtime = value.name();
    minRuntimeVersion = value.minVersion();
    maxRuntimeVersion = value.maxVersion();
    return this;
  }

  /** Sets the runtimes that will do in its place. */
  public RequirementsBuilder otherRuntimes(List<RuntimeRange> value) {
    otherRuntimes = value;
    return this;
  }

  /** Sets the memory that must be free, in bytes. */
  public RequirementsBuilder minRamBytes(long value) {
    minRamBytes = value;
    return this;
  }

  /** Sets the longest prompt and answer together, in tokens. */
  public RequirementsBuilder contextLength(int value) {
    contextLength = value;
    return this;
  }

  /** Sets the operator sets by domain. */
  public RequirementsBuilder opsets(Map<String, Integer> value) {
    opsets = value;
    return this;
  }

  /** Sets the execution providers, one of which must be there. */
  public RequirementsBuilder executionProviders(List<String> value) {
    executionProviders = value;
    return this;
  }

  /** Sets the domains of operators that the runtime does not bring. */
  public RequirementsBuilder customOps(List<String> value) {
    customOps = value;
    return this;
  }

  /** Sets the hardware that it does not run without, or null. */
  public RequirementsBuilder accelerator(@Nullable String value) {
    accelerator = value;
    return this;
  }

  /** Sets what the memory is for, or null. */
  public RequirementsBuilder memory(@Nullable MemoryNeed value) {
    memory = value;
    return this;
  }

  /** Sets the digest of the tokenizer, or null. */
  public RequirementsBuilder tokenizerDigest(@Nullable Sha256 value) {
    tokenizerDigest = value;
    return this;
  }

  /** Sets the digest of the chat template, or null. */
  public RequirementsBuilder chatTemplateDigest(@Nullable Sha256 value) {
    chatTemplateDigest = value;
    return this;
  }

  /**
   * Returns the requirements.
   *
   * @throws ModelException with {@code INVALID_VALUE}
   */
  public Requirements build() {
    return new Requirements(
        architectures,
        operatingSystems,
        runtime,
        minRuntimeVersion,
        minRamBytes,
        contextLength,
        maxRuntimeVersion,
        otherRuntimes,
        opsets,
        executionProviders,
        customOps,
        accelerator,
        memory,
        tokenizerDigest,
        chatTemplateDigest);
  }
}
