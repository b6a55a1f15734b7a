package io.edgellm.inference.prefix;

/** Why a snapshot file was not used. Nothing of such a file reaches a model. */
public enum Refusal {
  /** A directory, a symbolic link or a device has the name of a snapshot; it stays. */
  NOT_A_FILE(false),
  /** Another version of the format, which another version of this library may read; it stays. */
  OTHER_VERSION(false),
  /** The operating system does not give it; it stays. */
  UNREADABLE(false),
  /** It does not begin as a snapshot does. */
  NOT_A_SNAPSHOT(true),
  /** It ends too early. */
  TRUNCATED(true),
  /** It goes on after its end. */
  TOO_LONG(true),
  /** Header or tokens are not what was written. */
  DAMAGED_HEADER(true),
  /** The image is not what was written. */
  DAMAGED_IMAGE(true),
  /** It belongs to another model than its name says. */
  OTHER_MODEL(true),
  /** It was written for other cache tensors than its name says. */
  OTHER_LAYOUT(true),
  /** Another runtime computed it than its name says. */
  OTHER_RUNTIME(true),
  /** It is divisible where it should not be, or the other way round. */
  OTHER_KIND(true),
  /** It has other tokens than its name says. */
  OTHER_TOKENS(true);

  private final boolean broken;

  Refusal(boolean broken) {
    this.broken = broken;
  }

  /** Returns whether the file is one of ours and good for nothing, so that it is deleted. */
  boolean isBroken() {
    return broken;
  }
}
