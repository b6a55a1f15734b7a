package io.edgellm.store;

import java.nio.file.Path;
import java.time.Instant;

/**
 * Something that was taken out of the way, and is kept for whoever wants to know what happened.
 *
 * @param id its name in the quarantine
 * @param from where it stood, relative to the store
 * @param why what was wrong with it, by the label of a {@link StoreFinding.Kind}
 * @param at when it was taken away, by the clock of the store
 * @param bytes what it takes; names of one file count once
 * @param content where it is now
 */
public record Quarantined(
    String id, String from, String why, Instant at, long bytes, Path content) {}
