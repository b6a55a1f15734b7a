package io.edgellm.store;

import io.edgellm.model.Artifact;
import java.nio.file.Path;

/** Hears how an adoption goes; called by the thread that adopts. */
@FunctionalInterface
public interface AdoptionListener {
  /** Hears an event. */
  void onEvent(AdoptionEvent event);

  /** Returns a listener that hears nothing. */
  static AdoptionListener silent() {
    return event -> {};
  }

  /** What happens during an adoption. */
  sealed interface AdoptionEvent {
    /**
     * The directory is being looked through; comes every few thousand entries, and at the end.
     *
     * @param entries how many entries were looked at
     * @param candidates how many of them are files of a size that is wanted
     */
    record Searched(int entries, int candidates) implements AdoptionEvent {}

    /**
     * A file is being read, to be linked or copied; comes every MiB.
     *
     * @param source the file
     * @param doneBytes how much of it was read
     * @param totalBytes its size
     */
    record Reading(Path source, long doneBytes, long totalBytes) implements AdoptionEvent {}

    /**
     * A file is in the store.
     *
     * @param file the file of the release
     * @param source where it was found
     * @param way how it came
     */
    record Taken(Artifact file, Path source, AdoptionReport.Way way) implements AdoptionEvent {}
  }
}
